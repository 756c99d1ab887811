#include "actors/process/program_end.hpp"

#include "actors/process/guardian.hpp"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include <cerrno>

namespace callboard::actors {

namespace {

int wait_for(pid_t child, siginfo_t& info, int flags) {
  int result = 0;
  do
    result = ::waitid(P_PID, static_cast<id_t>(child), &info, flags);
  while (result != 0 && errno == EINTR);
  return result;
}

} // namespace

std::string signal_name(int number) {
  if (const auto* name = ::sigabbrev_np(number))
    return std::string{"SIG"} + name;
  return "signal " + std::to_string(number);
}

std::string to_string(const program_end& end) {
  switch (end.how) {
  case program_end::kind::exited:
    return "exit code " + std::to_string(end.code);
  case program_end::kind::killed:
    return "killed by " + signal_name(end.code)
           + (end.dumped_core ? " (core dumped)" : "");
  default:
    return "its exit code is lost (SIGCHLD is ignored by this process)";
  }
}

bool has_ended(pid_t child) {
  siginfo_t info{};
  if (wait_for(child, info, WEXITED | WNOHANG | WNOWAIT) != 0)
    return true;
  return info.si_pid != 0;
}

program_end reap(pid_t child) {
  siginfo_t info{};
  // Waits without letting go.
  if (wait_for(child, info, WEXITED | WNOWAIT) == 0)
    ::kill(-child, SIGKILL);
  guardian::forget(child);
  program_end end;
  if (wait_for(child, info, WEXITED) != 0)
    return end;
  end.how = info.si_code == CLD_EXITED ? program_end::kind::exited
                                       : program_end::kind::killed;
  end.dumped_core = info.si_code == CLD_DUMPED;
  end.code = info.si_status;
  return end;
}

} // namespace callboard::actors
