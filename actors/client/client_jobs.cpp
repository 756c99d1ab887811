#include "actors/client/client_impl.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>

namespace callboard {

namespace {

// What may be lost is not worth a longer wait.
constexpr auto hint_timeout = std::chrono::seconds{2};

std::vector<std::string> due_queues(const std::vector<new_job>& jobs) {
  std::set<std::string_view> due;
  for (const auto& job : jobs)
    if (!job.run_at && job.delay <= duration{0})
      due.insert(job.queue);
  return {due.begin(), due.end()};
}

} // namespace

// -- jobs in ------------------------------------------------------------------

result<std::vector<std::string>>
client::impl::enqueue(std::vector<new_job> jobs,
                      const std::string& request_id) {
  if (is_closed())
    return closed_error();
  auto ready = prepare(std::move(jobs), request_id, db->options().arg_limit);
  if (!ready)
    return ready.error();
  if (auto stored = store(*ready); !stored)
    return stored.error();
  wake_own(*ready);
  std::vector<std::string> ids;
  ids.reserve(ready->size());
  for (auto& job : *ready)
    ids.push_back(std::move(job.id));
  return ids;
}

// Others are told along with the jobs where the store can do so, and nothing
// has to wait for more to be told: that is the shortest way to them.
result<void> client::impl::store(const std::vector<new_job>& jobs) {
  auto due = tells_others() ? due_queues(jobs) : std::vector<std::string>{};
  auto claimed = relay.claim(due);
  std::function<result<bool>(job_store&)> add = [&](job_store& to) {
    return to.enqueue_and_wake(jobs, claimed);
  };
  auto told = sessions.with<bool>(add);
  if (!told)
    return told.error();
  if (*told)
    if (auto local = running_node())
      local->hint(claimed);
  for (const auto& queue : due) {
    auto is_claimed
        = std::find(claimed.begin(), claimed.end(), queue) != claimed.end();
    if (!is_claimed)
      relay.wake(queue);
    else if (!*told)
      relay.wake_claimed(queue);
  }
  return {};
}

void client::impl::wake_own(const std::vector<new_job>& jobs) {
  auto local = running_node();
  if (!local)
    return;
  std::map<std::string_view, duration> soonest;
  for (const auto& job : jobs) {
    // How far off a moment is only the database knows: look, and it tells.
    auto after = job.run_at ? duration{0} : std::max(job.delay, duration{0});
    auto& known = soonest.try_emplace(job.queue, after).first->second;
    known = std::min(known, after);
  }
  for (const auto& [queue, after] : soonest)
    local->wake(std::string{queue}, after);
}

// By the relay, on its thread.
void client::impl::tell_others(const std::vector<std::string>& queues) {
  if (auto local = running_node())
    local->hint(queues);
  std::function<result<void>(job_store&)> send = [&](job_store& store) {
    return store.wake(queues);
  };
  // Hints: who misses one polls a little later.
  static_cast<void>(sessions.with<void>(send, hint_timeout));
}

// -- jobs out -----------------------------------------------------------------

result<std::vector<cancel_answer>>
client::impl::cancel(const std::vector<std::string>& ids) {
  using answers = std::vector<cancel_answer>;
  if (is_closed())
    return closed_error();
  std::function<result<answers>(job_store&)> ask = [&](job_store& store) {
    return store.cancel(ids);
  };
  auto done = sessions.with<answers>(ask);
  if (!done)
    return done;
  auto asked = std::any_of(done->begin(), done->end(),
                           [](auto x) { return x == cancel_answer::asked; });
  if (auto local = running_node(); asked && local)
    local->look_for_cancelled();
  return done;
}

} // namespace callboard
