#pragma once

#include <signal.h>

namespace callboard::actors {

/// While it lives, a write to a closed pipe or socket in this thread gives
/// EPIPE and no signal, whatever the process does with SIGPIPE.
class sigpipe_guard {
public:
  sigpipe_guard();
  sigpipe_guard(const sigpipe_guard&) = delete;
  sigpipe_guard& operator=(const sigpipe_guard&) = delete;
  ~sigpipe_guard();

private:
  sigset_t before_;
  bool was_pending_;
};

} // namespace callboard::actors
