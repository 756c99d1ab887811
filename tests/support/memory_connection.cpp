#include "tests/support/memory_connection.hpp"

#include <set>
#include <utility>

namespace callboard::testing {

memory_connection::memory_connection(std::shared_ptr<memory_state> state,
                                     std::uint64_t number)
    : state_{std::move(state)}, connection_{number} {}

memory_connection::~memory_connection() {
  std::lock_guard lock{state_->mutex};
  state_->close_connection(connection_);
}

result<void> memory_connection::enqueue(const std::vector<new_job>& jobs) {
  return perform<void>("enqueue", [&]() -> result<void> {
    if (jobs.empty())
      return error{errc::empty_bulk, "enqueue wants at least one job"};
    std::set<std::string> ids;
    for (const auto& x : jobs)
      if (state_->rows.contains(x.id) || !ids.insert(x.id).second)
        return error{errc::job_already_exists,
                     "job '" + x.id + "' is stored already"};
    for (const auto& x : jobs)
      insert(x);
    return {};
  });
}

result<void> memory_connection::wake(const std::vector<std::string>& queues) {
  return perform<void>("wake", [&]() -> result<void> {
    auto& woken = state_->woken;
    woken.insert(woken.end(), queues.begin(), queues.end());
    for (auto& [listener, heard] : state_->heard_by)
      heard.queues.insert(queues.begin(), queues.end());
    state_->changed.notify_all();
    return {};
  });
}

result<time_point> memory_connection::now() {
  return perform<time_point>(
      "now", [&]() -> result<time_point> { return state_->now(); });
}

result<void> memory_connection::look() {
  if (broken())
    return error{errc::database_unreachable, "memory: the connection is dead"};
  return {};
}

bool memory_connection::broken() const noexcept {
  std::lock_guard lock{state_->mutex};
  return !state_->open.contains(connection_);
}

memory_state::node* memory_connection::member() {
  if (!joined_)
    return nullptr;
  auto at = state_->nodes.find(*joined_);
  if (at == state_->nodes.end() || at->second.lock != connection_)
    return nullptr;
  return &at->second;
}

error memory_connection::lost() const {
  return {errc::incarnation_lost, "memory: node incarnation "
                                      + std::to_string(joined_.value_or(0))
                                      + " was declared dead; join again"};
}

void memory_connection::unlock() {
  if (auto* me = member())
    me->lock = 0;
  joined_.reset();
}

void memory_connection::insert(const new_job& x) {
  auto now = state_->now();
  auto& to = state_->rows[x.id];
  to.value = {.id = x.id,
              .queue = x.queue,
              .type = x.type,
              .arg = x.arg,
              .request_id = x.request_id,
              .max_attempts = x.max_attempts,
              .timeout = x.timeout,
              .priority = x.priority,
              .run_at = x.run_at.value_or(now + x.delay),
              .created_at = now};
  to.updated_at = now;
}

} // namespace callboard::testing
