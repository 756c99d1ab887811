#pragma once

#include <sys/types.h>

namespace callboard::actors::guardian {

// The guardian is a process beside this one, in a group of its own, that does
// nothing while this process lives. When it dies, also by SIGKILL, the guardian
// kills the process groups that it had started and that still live, and ends.
// There is one as soon as a program is started that dies with us, if the own
// program may be started again (see own_program.hpp). It is replaced when it
// was killed itself.
//
// It can't find descendants that made themselves a group of their own
// (`setsid`), and may not kill those that changed their user id.

/// Where the guardian listens, or -1: there is none. The number is valid, and
/// the same, until the process ends.
int channel();

/// Tells it that a group lives, or does not any more. May be called where only
/// a signal handler's functions may.
bool tell(int channel, pid_t group, bool lives) noexcept;

/// Remembers a group, for the guardian's successor too. `told`: the guardian
/// knows of it.
void watch(pid_t group, bool told);

/// To be called while the number can't be another's yet.
void forget(pid_t group);

/// Its process id, or -1; for tests.
pid_t id();

/// What the guardian does: the rest of `main`.
int serve(pid_t ward);

} // namespace callboard::actors::guardian
