#pragma once

#include <functional>
#include <memory>
#include <vector>

namespace callboard::testing {

/// A function that can stop in the middle and go on later, on a stack of its
/// own, all on one thread: so code that blocks can run in virtual time. May
/// not pause inside a `catch` block that it leaves by `throw;`, nor while it
/// holds a lock.
class fiber {
public:
  /// An ended one, for `start`.
  fiber();
  ~fiber();
  fiber(const fiber&) = delete;
  fiber& operator=(const fiber&) = delete;

  /// Runs `what` until it ends or pauses. The one before must have ended.
  void start(std::function<void()> what);
  /// Runs on from the last pause.
  void go_on();
  bool ended() const noexcept;

  /// Returns to who started (or continued) the present fiber, until it is
  /// continued.
  static void pause();
  /// Whether the caller runs on a fiber.
  static bool on_one() noexcept;

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

/// Keeps ended fibers, since their stacks are costly.
class fiber_pool {
public:
  std::unique_ptr<fiber> take();
  void put(std::unique_ptr<fiber> ended);

private:
  std::vector<std::unique_ptr<fiber>> idle_;
};

} // namespace callboard::testing
