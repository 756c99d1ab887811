#include "tests/support/memory_listener.hpp"

#include <utility>

namespace callboard::testing {

memory_listener::memory_listener(std::shared_ptr<memory_state> state,
                                 std::uint64_t connection)
    : state_{std::move(state)}, connection_{connection} {}

memory_listener::~memory_listener() {
  std::lock_guard lock{state_->mutex};
  state_->heard_by.erase(connection_);
  state_->close_connection(connection_);
}

result<hints> memory_listener::wait(duration limit) {
  std::unique_lock lock{state_->mutex};
  auto& heard = state_->heard_by[connection_];
  auto dead = [&] {
    return !state_->open.contains(connection_);
  };
  state_->changed.wait_for(lock, limit, [&] {
    return interrupted_ || !heard.queues.empty() || heard.cancels
           || heard.joined || dead();
  });
  interrupted_ = false;
  if (dead())
    return error{errc::database_unreachable, "memory: the connection is dead"};
  auto found = std::exchange(heard, {});
  return hints{
      {found.queues.begin(), found.queues.end()}, found.cancels, found.joined};
}

void memory_listener::interrupt() noexcept {
  std::lock_guard lock{state_->mutex};
  interrupted_ = true;
  state_->changed.notify_all();
}

} // namespace callboard::testing
