#include "tests/support/memory_connection.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace callboard::testing {

result<std::optional<job_info>> memory_connection::find(std::string_view id) {
  using found = std::optional<job_info>;
  return perform<found>("find", [&]() -> result<found> {
    auto at = state_->rows.find(std::string{id});
    if (at != state_->rows.end())
      return found{state_->info(at->second)};
    auto& dead = state_->dead;
    auto letter = std::find_if(dead.rbegin(), dead.rend(),
                               [&](auto& x) { return x.value.value.id == id; });
    return letter == dead.rend() ? found{} : found{info(*letter)};
  });
}

result<std::vector<job_info>> memory_connection::list(const job_filter& filter,
                                                      bool with_args) {
  using jobs = std::vector<job_info>;
  return perform<jobs>("list", [&]() -> result<jobs> {
    jobs all;
    auto wanted = [&](const job& x) {
      return (!filter.queue || x.queue == *filter.queue)
             && (!filter.type || x.type == *filter.type);
    };
    if (filter.state == job_state::dead) {
      std::map<std::string, job_info> newest;
      for (const auto& x : state_->dead)
        newest.insert_or_assign(x.value.value.id, info(x));
      for (auto& [id, x] : newest)
        if (id > filter.after && wanted(x.value))
          all.push_back(std::move(x));
    } else {
      for (const auto& [id, x] : state_->rows) {
        auto one = state_->info(x);
        if (id > filter.after && wanted(x.value)
            && (!filter.state || *filter.state == one.state))
          all.push_back(std::move(one));
      }
    }
    if (all.size() > filter.limit)
      all.resize(filter.limit);
    if (!with_args)
      for (auto& x : all)
        x.value.arg.clear();
    return all;
  });
}

result<std::vector<queue_counts>> memory_connection::counts(std::int64_t cap) {
  using all = std::vector<queue_counts>;
  return perform<all>("counts", [&]() -> result<all> {
    std::map<std::string, queue_counts> queues;
    auto now = state_->now();
    for (const auto& [id, x] : state_->rows) {
      auto& to = queues[x.value.queue];
      auto state = state_->info(x).state;
      auto& kind = state == job_state::waiting   ? to.waiting
                   : state == job_state::delayed ? to.delayed
                   : state == job_state::running ? to.running
                                                 : to.suspect;
      ++kind.value;
      if (state != job_state::running && x.due(now))
        to.oldest_due = std::max(to.oldest_due.value_or(duration{0}),
                                 now - x.value.run_at);
    }
    for (const auto& x : state_->dead)
      ++queues[x.value.value.queue].dead.value;
    all result;
    for (auto& [name, x] : queues) {
      x.queue = name;
      for (auto* kind :
           {&x.waiting, &x.delayed, &x.running, &x.suspect, &x.dead}) {
        kind->at_least = kind->value > cap;
        kind->value = std::min(kind->value, cap);
      }
      result.push_back(std::move(x));
    }
    return result;
  });
}

result<std::vector<cancel_answer>>
memory_connection::cancel(const std::vector<std::string>& ids) {
  using answers = std::vector<cancel_answer>;
  return perform<answers>("cancel", [&]() -> result<answers> {
    // An id that stands twice has one answer.
    std::map<std::string, cancel_answer> answer_of;
    answers all;
    for (const auto& id : ids) {
      if (!answer_of.contains(id))
        answer_of[id] = cancel_one(id);
      all.push_back(answer_of[id]);
    }
    return all;
  });
}

cancel_answer memory_connection::cancel_one(const std::string& id) {
  auto at = state_->rows.find(id);
  if (at == state_->rows.end())
    return cancel_answer::unknown;
  if (at->second.state != row::leased) {
    state_->rows.erase(at);
    return cancel_answer::removed;
  }
  at->second.cancelled = true;
  for (auto& [listener, heard] : state_->heard_by)
    heard.cancels = true;
  state_->changed.notify_all();
  return cancel_answer::asked;
}

result<std::vector<dead_letter>>
memory_connection::dead_list(const dead_filter& filter, bool with_args) {
  using letters = std::vector<dead_letter>;
  return perform<letters>("dead_list", [&]() -> result<letters> {
    letters all;
    for (auto* x : matching(filter)) {
      all.push_back(x->value);
      if (!with_args)
        all.back().value.arg.clear();
    }
    return all;
  });
}

result<std::size_t> memory_connection::dead_retry(const dead_filter& filter) {
  return perform<std::size_t>("dead_retry", [&]() -> result<std::size_t> {
    auto found = matching(filter);
    std::set<std::int64_t> revived;
    // Of several with one id, the newest comes back.
    for (auto x = found.rbegin(); x != found.rend(); ++x) {
      auto value = (*x)->value.value;
      if (state_->rows.contains(value.id))
        continue;
      value.attempt = 0;
      value.run_at = state_->now();
      revived.insert((*x)->value.sequence);
      auto& to = state_->rows[value.id];
      to.value = std::move(value);
      to.updated_at = state_->now();
    }
    std::erase_if(state_->dead, [&](const auto& x) {
      return revived.contains(x.value.sequence);
    });
    return revived.size();
  });
}

result<std::size_t> memory_connection::dead_purge(const dead_filter& filter) {
  return perform<std::size_t>("dead_purge", [&]() -> result<std::size_t> {
    std::set<std::int64_t> purged;
    for (auto* x : matching(filter))
      purged.insert(x->value.sequence);
    std::erase_if(state_->dead, [&](const auto& x) {
      return purged.contains(x.value.sequence);
    });
    return purged.size();
  });
}

job_info memory_connection::info(const memory_state::letter& x) {
  job_info info;
  info.value = x.value.value;
  info.state = job_state::dead;
  info.fence = x.fence;
  info.crashes = x.crashes;
  info.updated_at = x.value.died_at;
  return info;
}

std::vector<memory_state::letter*>
memory_connection::matching(const dead_filter& filter) {
  std::vector<memory_state::letter*> found;
  for (auto& x : state_->dead) {
    const auto& value = x.value.value;
    auto named = filter.ids.empty()
                 || std::find(filter.ids.begin(), filter.ids.end(), value.id)
                        != filter.ids.end();
    if (named && x.value.sequence > filter.after
        && (!filter.queue || value.queue == *filter.queue)
        && (!filter.type || value.type == *filter.type)
        && found.size() < filter.limit)
      found.push_back(&x);
  }
  return found;
}

} // namespace callboard::testing
