#include "actors/process/spawn.hpp"

#include "actors/process/guardian.hpp"
#include "actors/process/unique_fd.hpp"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <cerrno>
#include <cstddef>
#include <memory>

namespace callboard::actors {

namespace {

// Room for `become` in a build with sanitizers, and for what exec needs.
constexpr std::size_t stack_size = 256 * 1024;

// What the child needs, computed before it is made: it shares our memory until
// it executes the program, and may call only what a signal handler may call.
struct plan {
  const char* path;
  char* const* arguments;
  char* const* environment;
  const char* directory;
  const std::vector<int>* descriptors;
  const std::vector<int>* ignores;
  pid_t parent;
  bool dies_with_us;
  int guardian;
  // Why it did not work.
  int error = 0;
  bool guarded = true;
};

// No handler of ours may run in the child, nor stay ignored what we ignore.
void reset_signals(const std::vector<int>& ignores) {
  struct sigaction standard {};
  standard.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; ++number)
    ::sigaction(number, &standard, nullptr);
  struct sigaction nothing {};
  nothing.sa_handler = SIG_IGN;
  for (auto number : ignores)
    ::sigaction(number, &nothing, nullptr);
}

bool prepare(plan& to) {
  reset_signals(*to.ignores);
  if (::setpgid(0, 0) != 0)
    return false;
  if (to.dies_with_us) {
    if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
      return false;
    // It may have died before.
    if (::getppid() != to.parent)
      ::_exit(0);
  }
  if (to.guardian >= 0)
    to.guarded = guardian::tell(to.guardian, ::getpid(), true);
  for (std::size_t i = 0; i < to.descriptors->size(); ++i)
    if (::dup2((*to.descriptors)[i], static_cast<int>(i)) < 0)
      return false;
  if (*to.directory && ::chdir(to.directory) != 0)
    return false;
  ::closefrom(static_cast<int>(to.descriptors->size()));
  sigset_t none;
  sigemptyset(&none);
  return ::sigprocmask(SIG_SETMASK, &none, nullptr) == 0;
}

int become(void* argument) {
  auto& to = *static_cast<plan*>(argument);
  if (prepare(to))
    ::execve(to.path, to.arguments, to.environment);
  to.error = errno;
  ::_exit(127);
}

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (const auto& text : texts)
    result.push_back(const_cast<char*>(text.c_str()));
  result.push_back(nullptr);
  return result;
}

// Ours as the child will find them before it moves them into place: all above
// their places, so that moving one never runs over another.
struct lifted {
  std::vector<unique_fd> owned;
  std::vector<int> numbers;

  bool lift(const std::vector<int>& from) {
    auto above = static_cast<int>(from.size());
    for (auto each : from) {
      if (each >= above) {
        numbers.push_back(each);
        continue;
      }
      unique_fd nothing;
      // Our own standard streams may be closed.
      if (each < 0 || ::fcntl(each, F_GETFD) < 0) {
        nothing.reset(::open("/dev/null", O_RDWR | O_CLOEXEC));
        each = nothing.get();
      }
      owned.emplace_back(::fcntl(each, F_DUPFD_CLOEXEC, above));
      if (!owned.back())
        return false;
      numbers.push_back(owned.back().get());
    }
    return true;
  }
};

// While the child shares our memory no handler may run in it.
class all_signals_blocked {
public:
  all_signals_blocked() {
    sigset_t all;
    sigfillset(&all);
    ::pthread_sigmask(SIG_BLOCK, &all, &before_);
  }
  all_signals_blocked(const all_signals_blocked&) = delete;
  all_signals_blocked& operator=(const all_signals_blocked&) = delete;
  ~all_signals_blocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

private:
  sigset_t before_;
};

} // namespace

spawned spawn(const program_start& what) {
  lifted descriptors;
  if (!descriptors.lift(what.descriptors))
    return {-1, errno};
  auto arguments = pointers(what.arguments);
  auto environment = pointers(what.environment);
  auto stack = std::make_unique<std::byte[]>(stack_size);
  plan to{.path = what.path.c_str(),
          .arguments = arguments.data(),
          .environment = environment.data(),
          .directory = what.directory.c_str(),
          .descriptors = &descriptors.numbers,
          .ignores = &what.ignores,
          .parent = ::getpid(),
          .dies_with_us = what.dies_with_us,
          .guardian = what.dies_with_us ? guardian::channel() : -1};
  pid_t made = -1;
  {
    all_signals_blocked meanwhile;
    // As posix_spawn does it, which can't do all of `prepare`. Returns when
    // the child has become the program or failed.
    made = ::clone(become, stack.get() + stack_size,
                   CLONE_VM | CLONE_VFORK | SIGCHLD, &to);
  }
  if (made < 0)
    return {-1, errno};
  if (what.dies_with_us)
    guardian::watch(made, to.guarded);
  if (to.error != 0) {
    if (what.dies_with_us)
      guardian::forget(made);
    ::waitpid(made, nullptr, 0);
    return {-1, to.error};
  }
  return {made, 0};
}

} // namespace callboard::actors
