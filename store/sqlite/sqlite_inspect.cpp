#include "store/sql/job_views.hpp"
#include "store/sql/moment.hpp"
#include "store/sqlite/sqlite_work.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

namespace callboard::store {

namespace {

constexpr auto before_all = std::numeric_limits<long long>::min();

// A limit of SQLite has 63 bits.
long long bounded_limit(std::size_t limit) {
  constexpr std::size_t most = std::numeric_limits<std::int64_t>::max();
  return static_cast<long long>(std::min(limit, most));
}

job_info as_info(dead_row row) {
  return info_of(std::move(row.letter), row.fence,
                 static_cast<std::int32_t>(row.crashes));
}

} // namespace

result<std::optional<job_info>> sqlite_store::find(std::string_view id) {
  std::string key{id};
  return guarded([&] {
    std::optional<job_info> found;
    auto now = from_micros(micros());
    sql_.find_job.each([&](auto&... x) { found = to_info(now, x...); }, 1, key);
    if (!found)
      sql_.find_dead.each([&](auto&... x) { found = as_info(to_dead(x...)); },
                          1, key);
    return found;
  });
}

result<std::vector<job_info>> sqlite_store::list(const job_filter& filter,
                                                 bool with_args) {
  return guarded([&] {
    std::vector<job_info> found;
    if (filter.state == job_state::dead) {
      sql_.list_dead_jobs.each(
          [&](auto&... x) { found.push_back(as_info(to_dead(x...))); },
          with_args, filter.after, filter.queue, filter.type,
          bounded_limit(filter.limit));
      return found;
    }
    std::optional<long long> state;
    std::optional<long long> due;
    if (filter.state) {
      state = stored_state(*filter.state);
      if (filter.state == job_state::waiting)
        due = 1;
      else if (filter.state == job_state::delayed)
        due = 0;
    }
    auto now = micros();
    sql_.list_jobs.each(
        [&](auto&... x) { found.push_back(to_info(from_micros(now), x...)); },
        with_args, filter.after, filter.queue, filter.type, state, due, now,
        bounded_limit(filter.limit));
    return found;
  });
}

result<std::vector<queue_counts>> sqlite_store::counts(std::int64_t cap) {
  return guarded([&] {
    // A job that moves meanwhile is counted once.
    sqlite_snapshot one_moment{*session_};
    count_board board{cap};
    auto micros_now = micros();
    auto now = from_micros(micros_now);
    auto more = cap + 1;
    auto line = sql_.next_waiting_line.first("", before_all);
    while (line) {
      auto& [queue, priority] = *line;
      auto [waiting]
          = sql_.count_waiting.first(queue, priority, micros_now, more).value();
      auto [delayed]
          = sql_.count_delayed.first(queue, priority, micros_now, more).value();
      board.add(queue, &queue_counts::waiting, waiting);
      board.add(queue, &queue_counts::delayed, delayed);
      if (auto first = sql_.first_run.first(queue, priority))
        board.due(queue, from_micros(std::get<0>(*first)), now);
      line = sql_.next_waiting_line.first(queue, priority);
    }
    auto suspects = sql_.next_suspect_queue.first("");
    while (suspects) {
      auto& [queue] = *suspects;
      auto [found, oldest] = sql_.count_suspect.first(queue, more).value();
      board.add(queue, &queue_counts::suspect, found);
      if (oldest)
        board.due(queue, from_micros(*oldest), now);
      suspects = sql_.next_suspect_queue.first(queue);
    }
    std::vector<incarnation> ids;
    sql_.all_nodes.each([&](auto id, auto&, auto&, auto, auto, auto&, auto) {
      ids.push_back(id);
    });
    for (auto id : ids) {
      auto leased = sql_.next_leased_queue.first(id, "");
      while (leased) {
        auto& [queue] = *leased;
        auto [found] = sql_.count_leased.first(id, queue, more).value();
        board.add(queue, &queue_counts::running, found);
        leased = sql_.next_leased_queue.first(id, queue);
      }
    }
    auto dead = sql_.next_dead_queue.first("");
    while (dead) {
      auto& [queue] = *dead;
      auto [found] = sql_.count_dead.first(queue, more).value();
      board.add(queue, &queue_counts::dead, found);
      dead = sql_.next_dead_queue.first(queue);
    }
    return std::move(board).take();
  });
}

result<std::vector<cancel_answer>>
sqlite_store::cancel(const std::vector<std::string>& ids) {
  // An id that stands twice has one answer.
  std::map<std::string_view, cancel_answer> answer_of;
  for (const auto& id : ids)
    answer_of.emplace(id, cancel_answer::unknown);
  std::vector<cancel_answer> answers;
  if (ids.empty())
    return answers;
  auto done = written([&] {
    for (auto& [id, answer] : answer_of) {
      std::string key{id};
      if (sql_.cancel_job.run(key) > 0)
        answer = cancel_answer::removed;
      else if (sql_.mark_cancelled.run(key) > 0)
        answer = cancel_answer::asked;
    }
    for (const auto& id : ids)
      answers.push_back(answer_of.at(id));
    return answers;
  });
  // A hint may get lost: what is committed is true all the same.
  if (done && !place_->temporary()
      && std::count(done->begin(), done->end(), cancel_answer::asked) > 0)
    (void)guarded([&] { bell().mark(); });
  return done;
}

std::vector<dead_row> sqlite_store::dead_rows(const dead_filter& filter,
                                              bool with_args) {
  std::vector<dead_row> found;
  auto limit = bounded_limit(filter.limit);
  auto take = [&](auto&... x) {
    found.push_back(to_dead(x...));
  };
  if (filter.ids.empty()) {
    sql_.list_dead.each(take, with_args, filter.after, filter.queue,
                        filter.type, limit);
    return found;
  }
  auto ids = filter.ids;
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  for (const auto& id : ids)
    sql_.list_dead_of.each(take, with_args, id, filter.after, filter.queue,
                           filter.type, limit);
  std::sort(found.begin(), found.end(), [](const auto& x, const auto& y) {
    return x.letter.sequence < y.letter.sequence;
  });
  if (found.size() > filter.limit)
    found.resize(filter.limit);
  return found;
}

result<std::vector<dead_letter>>
sqlite_store::dead_list(const dead_filter& filter, bool with_args) {
  return guarded([&] {
    std::vector<dead_letter> letters;
    for (auto& row : dead_rows(filter, with_args))
      letters.push_back(std::move(row.letter));
    return letters;
  });
}

result<std::size_t> sqlite_store::dead_retry(const dead_filter& filter) {
  return written([&] {
    auto rows = dead_rows(filter, false);
    std::size_t revived = 0;
    // Of several with one id, the newest comes back.
    for (auto row = rows.rbegin(); row != rows.rend(); ++row) {
      if (sql_.revive_dead.run(micros(), row->letter.sequence) == 0)
        continue;
      sql_.delete_dead.run(row->letter.sequence);
      ++revived;
    }
    return revived;
  });
}

result<std::size_t> sqlite_store::dead_purge(const dead_filter& filter) {
  return written([&] {
    auto rows = dead_rows(filter, false);
    for (const auto& row : rows)
      sql_.delete_dead.run(row.letter.sequence);
    return rows.size();
  });
}

} // namespace callboard::store
