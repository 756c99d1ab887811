#pragma once

#include <sys/types.h>

namespace callboard::test {

/// Waits until a process has ended, anybody's; false after half a minute.
bool await_end(pid_t process);

} // namespace callboard::test
