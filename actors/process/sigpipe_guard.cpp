#include "actors/process/sigpipe_guard.hpp"

#include <time.h>

namespace callboard::actors {

namespace {

sigset_t only_sigpipe() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGPIPE);
  return set;
}

bool is_pending() {
  sigset_t set;
  sigemptyset(&set);
  sigpending(&set);
  return sigismember(&set, SIGPIPE) == 1;
}

} // namespace

sigpipe_guard::sigpipe_guard() : was_pending_{is_pending()} {
  auto set = only_sigpipe();
  pthread_sigmask(SIG_BLOCK, &set, &before_);
}

sigpipe_guard::~sigpipe_guard() {
  // Takes back what our writes raised, so that it does not fire now.
  if (!was_pending_ && is_pending()) {
    auto set = only_sigpipe();
    timespec at_once{};
    sigtimedwait(&set, nullptr, &at_once);
  }
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

} // namespace callboard::actors
