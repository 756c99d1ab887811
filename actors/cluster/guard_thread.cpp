#include "actors/cluster/guard_thread.hpp"

namespace callboard::actors {

void guard_thread::start() {
  thread_ = std::thread{[this] {
    run();
  }};
}

void guard_thread::run() {
  for (;;) {
    io_.run();
    std::lock_guard lock{mutex_};
    if (!std::exchange(handed_over_, false)) {
      ended_ = true;
      return;
    }
    // Something may have come after the last operation.
    io_.restart();
  }
}

} // namespace callboard::actors
