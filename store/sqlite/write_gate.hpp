#pragma once

#include "store/model/time.hpp"
#include "store/sqlite/node_locks.hpp"

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>

namespace callboard::store {

/// Lets one writer at a time go to a database file, in the order in which they
/// came: SQLite's own busy handler sleeps and can starve a process for
/// seconds. Threads of this process stand in a queue; the first of them meets
/// other processes at two locks: who holds the turnstile is the next writer.
/// Thread-safe.
class write_gate {
public:
  explicit write_gate(std::string lock_path);

  /// Waits for its turn; false when `limit` passed first. Throws `failure`.
  bool enter(duration limit);

  void leave() noexcept;

private:
  using instant = std::chrono::steady_clock::time_point;

  bool enter_process(instant deadline);
  bool lock_byte(long long offset, instant deadline);
  void next_thread() noexcept;

  std::string lock_path_;
  std::mutex mutex_;
  std::deque<std::condition_variable*> queue_;
  bool taken_ = false;
  std::unique_ptr<lock_file> file_;
};

} // namespace callboard::store
