#include "store/sqlite/write_gate.hpp"

#include <algorithm>
#include <thread>
#include <utility>

namespace callboard::store {

write_gate::write_gate(std::string lock_path)
    : lock_path_{std::move(lock_path)} {}

bool write_gate::enter(duration limit) {
  auto deadline = std::chrono::steady_clock::now() + limit;
  {
    std::unique_lock lock{mutex_};
    if (taken_) {
      std::condition_variable turn;
      queue_.push_back(&turn);
      auto gone = [&] {
        return std::find(queue_.begin(), queue_.end(), &turn) == queue_.end();
      };
      if (!turn.wait_until(lock, deadline, gone)) {
        std::erase(queue_, &turn);
        return false;
      }
    }
    taken_ = true;
  }
  try {
    if (enter_process(deadline))
      return true;
  } catch (...) {
    next_thread();
    throw;
  }
  next_thread();
  return false;
}

void write_gate::leave() noexcept {
  file_->unlock(writer_offset);
  next_thread();
}

bool write_gate::enter_process(instant deadline) {
  if (!file_)
    file_ = std::make_unique<lock_file>(lock_path_);
  if (!lock_byte(turnstile_offset, deadline))
    return false;
  // Whatever comes of it, the next process may stand there.
  struct gone_through {
    lock_file& file;
    ~gone_through() { file.unlock(turnstile_offset); }
  } after{*file_};
  return lock_byte(writer_offset, deadline);
}

bool write_gate::lock_byte(long long offset, instant deadline) {
  // The kernel offers no wait with a deadline for these locks. The turnstile
  // keeps the order, so that a short sleep costs latency but never the turn.
  auto pause = std::chrono::microseconds{50};
  while (!file_->try_lock(offset)) {
    if (std::chrono::steady_clock::now() >= deadline)
      return false;
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, std::chrono::microseconds{1000});
  }
  return true;
}

void write_gate::next_thread() noexcept {
  std::lock_guard lock{mutex_};
  if (queue_.empty()) {
    taken_ = false;
    return;
  }
  // The turn is handed over: nobody can slip in between.
  auto* turn = queue_.front();
  queue_.pop_front();
  turn->notify_one();
}

} // namespace callboard::store
