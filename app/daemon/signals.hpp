#pragma once

#include <chrono>
#include <initializer_list>
#include <optional>

namespace callboard::app {

/// Takes signals out of the process's hands as events. Blocks them in the
/// calling thread and all threads that it starts afterwards: make it before
/// the first other thread. Children inherit the block unless their starter
/// clears it.
class signal_waiter {
public:
  /// Throws `std::system_error` when the system has no descriptors left.
  explicit signal_waiter(std::initializer_list<int> signals);

  signal_waiter(const signal_waiter&) = delete;
  signal_waiter& operator=(const signal_waiter&) = delete;

  /// The signals stay blocked.
  ~signal_waiter();

  /// The next signal, or nothing when `limit` has passed or `interrupt` was
  /// called. Without a limit it waits for ever.
  std::optional<int> wait(std::optional<std::chrono::milliseconds> limit
                          = std::nullopt);

  /// Ends the present and every later `wait`. Any thread.
  void interrupt() noexcept;

private:
  int signals_ = -1;
  int interrupts_ = -1;
};

} // namespace callboard::app
