#include "store/model/text.hpp"
#include "store/postgres/postgres_store.hpp"
#include "store/postgres/statements/people.hpp"
#include "store/sql/job_views.hpp"

#include <algorithm>
#include <limits>
#include <unordered_map>
#include <utility>

namespace callboard::store {

namespace {

std::int64_t bounded_limit(std::size_t limit) {
  constexpr std::size_t most = std::numeric_limits<std::int64_t>::max();
  return static_cast<std::int64_t>(std::min(limit, most));
}

// Ids that can't be stored name nothing, and the server refuses them. In order,
// as all that locks jobs.
std::vector<std::string_view> storable(const std::vector<std::string>& ids) {
  std::vector<std::string_view> kept;
  for (const auto& id : ids)
    if (is_storable_text(id))
      kept.push_back(id);
  std::sort(kept.begin(), kept.end());
  return kept;
}

job_info info_at(const rows& found, int row) {
  job_info info;
  info.value = found.job_at(row, 0);
  info.state = state_of(found.number(row, 12), info.value.run_at,
                        found.moment(row, 18));
  info.fence = found.number(row, 13);
  info.crashes = static_cast<std::int32_t>(found.number(row, 14));
  info.node = found.text(row, 15);
  info.updated_at = found.moment(row, 16);
  info.cancelled = found.number(row, 17) != 0;
  return info;
}

dead_letter letter_at(const rows& found, int row) {
  return {found.number(row, 12), found.job_at(row, 0), found.moment(row, 13)};
}

job_info dead_info_at(const rows& found, int row) {
  return info_of(letter_at(found, row), found.number(row, 14),
                 static_cast<std::int32_t>(found.number(row, 15)));
}

parameters picked(const dead_filter& filter) {
  parameters values;
  values.add(filter.after).add(filter.queue).add(filter.type);
  values.add(std::int64_t{!filter.ids.empty()}).add(storable(filter.ids));
  values.add(bounded_limit(filter.limit));
  return values;
}

} // namespace

result<std::optional<job_info>> postgres_store::find(std::string_view id) {
  if (!is_storable_text(id))
    return std::optional<job_info>{};
  return guarded([&]() -> std::optional<job_info> {
    parameters values;
    values.add(std::int64_t{1}).add(clock()).add(id);
    auto found = connection_->query(postgres::find_job, values);
    if (found.size() > 0)
      return info_at(found, 0);
    auto dead = connection_->query(postgres::find_dead,
                                   parameters{}.add(std::int64_t{1}).add(id));
    if (dead.size() > 0)
      return dead_info_at(dead, 0);
    return std::nullopt;
  });
}

result<std::vector<job_info>> postgres_store::list(const job_filter& filter,
                                                   bool with_args) {
  return guarded([&] {
    std::vector<job_info> all;
    if (filter.state == job_state::dead) {
      parameters values;
      values.add(std::int64_t{with_args}).add(std::string_view{filter.after});
      values.add(filter.queue).add(filter.type);
      values.add(bounded_limit(filter.limit));
      auto found = connection_->query(postgres::list_dead_jobs, values);
      for (int i = 0; i < found.size(); ++i)
        all.push_back(dead_info_at(found, i));
      return all;
    }
    std::optional<std::int64_t> state;
    std::optional<std::int64_t> due;
    if (filter.state)
      state = stored_state(*filter.state);
    if (filter.state == job_state::waiting)
      due = 1;
    else if (filter.state == job_state::delayed)
      due = 0;
    parameters values;
    values.add(std::int64_t{with_args}).add(clock());
    values.add(std::string_view{filter.after}).add(filter.queue);
    values.add(filter.type).add(state).add(due);
    values.add(bounded_limit(filter.limit));
    auto found = connection_->query(postgres::list_jobs, values);
    for (int i = 0; i < found.size(); ++i)
      all.push_back(info_at(found, i));
    return all;
  });
}

result<std::vector<queue_counts>> postgres_store::counts(std::int64_t cap) {
  return guarded([&] {
    constexpr capped_count queue_counts::*kinds[]
        = {&queue_counts::waiting, &queue_counts::delayed,
           &queue_counts::suspect, &queue_counts::running, &queue_counts::dead};
    parameters values;
    values.add(clock()).add(cap + 1);
    auto found = connection_->query(postgres::counts, values);
    count_board board{cap};
    for (int i = 0; i < found.size(); ++i) {
      auto queue = found.text(i, 0);
      board.add(queue, kinds[found.number(i, 1)], found.number(i, 2));
      if (!found.is_null(i, 3))
        board.due(queue, found.moment(i, 3), found.moment(i, 4));
    }
    return std::move(board).take();
  });
}

result<std::vector<cancel_answer>>
postgres_store::cancel(const std::vector<std::string>& ids) {
  std::vector<cancel_answer> answers(ids.size(), cancel_answer::unknown);
  auto possible = storable(ids);
  if (possible.empty())
    return answers;
  return guarded([&] {
    std::unordered_map<std::string, cancel_answer> found;
    twice([&] {
      auto done
          = connection_->change(postgres::cancel, parameters{}.add(possible));
      for (int i = 0; i < done.size(); ++i)
        found.emplace(done.text(i, 0), done.number(i, 1) != 0
                                           ? cancel_answer::asked
                                           : cancel_answer::removed);
      std::erase_if(possible, [&](std::string_view id) {
        return found.contains(std::string{id});
      });
      return possible.empty();
    });
    for (std::size_t i = 0; i < ids.size(); ++i)
      if (auto one = found.find(ids[i]); one != found.end())
        answers[i] = one->second;
    return answers;
  });
}

rows postgres_store::dead_rows(const dead_filter& filter, bool with_args) {
  parameters values;
  values.add(std::int64_t{with_args}).add(filter.after).add(filter.queue);
  values.add(filter.type).add(std::int64_t{!filter.ids.empty()});
  values.add(storable(filter.ids)).add(bounded_limit(filter.limit));
  return connection_->query(postgres::list_dead, values);
}

result<std::vector<dead_letter>>
postgres_store::dead_list(const dead_filter& filter, bool with_args) {
  return guarded([&] {
    auto found = dead_rows(filter, with_args);
    std::vector<dead_letter> letters;
    for (int i = 0; i < found.size(); ++i)
      letters.push_back(letter_at(found, i));
    return letters;
  });
}

result<std::size_t> postgres_store::dead_retry(const dead_filter& filter) {
  return guarded([&] {
    auto values = picked(filter);
    auto done = connection_->change(postgres::retry_dead, values.add(clock()));
    return static_cast<std::size_t>(done.changed());
  });
}

result<std::size_t> postgres_store::dead_purge(const dead_filter& filter) {
  return guarded([&] {
    auto done = connection_->change(postgres::purge_dead, picked(filter));
    return static_cast<std::size_t>(done.changed());
  });
}

} // namespace callboard::store
