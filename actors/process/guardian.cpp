#include "actors/process/guardian.hpp"

#include "actors/process/guardian_message.hpp"
#include "actors/process/own_program.hpp"
#include "actors/process/unique_fd.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>

#include <mutex>
#include <set>

namespace callboard::actors::guardian {

namespace {

// A guardian that takes nothing for so long is replaced.
constexpr timeval patience{.tv_sec = 1, .tv_usec = 0};

struct state {
  std::mutex mutex;
  int channel = -1;
  pid_t process = -1;
  std::set<pid_t> groups;

  void start();
  void end();
  void tell(pid_t group, bool lives);
};

// Never destroyed: threads may start programs while the process ends.
state& own() {
  static auto* one = new state;
  return *one;
}

void state::start() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
    return;
  unique_fd ours{ends[0]};
  unique_fd theirs{ends[1]};
  ::setsockopt(ours.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  auto start = own_start("guardian", "guardian");
  start.descriptors = {-1, -1, -1, theirs.get()};
  start.dies_with_us = false;
  // A service manager that ends this process may signal all of its processes;
  // this one decides when it ends, and then its guardian does.
  start.ignores = {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGPIPE};
  auto started = spawn(start);
  if (started.pid < 0)
    return;
  process = started.pid;
  // Others may just be about to use the number.
  if (channel < 0) {
    channel = ::fcntl(ours.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    if (channel < 0)
      return end();
  } else {
    ::dup3(ours.get(), channel, O_CLOEXEC);
  }
  for (auto each : groups)
    guardian::tell(channel, each, true);
}

void state::end() {
  if (process < 0)
    return;
  ::kill(process, SIGKILL);
  ::waitpid(process, nullptr, 0);
  process = -1;
}

void state::tell(pid_t group, bool lives) {
  if (channel < 0 || guardian::tell(channel, group, lives))
    return;
  end();
  start();
}

} // namespace

int channel() {
  if (!may_start_own())
    return -1;
  auto& all = own();
  std::lock_guard guard{all.mutex};
  if (all.process < 0)
    all.start();
  return all.channel;
}

bool tell(int channel, pid_t group, bool lives) noexcept {
  message text{group, lives ? 1 : 0};
  return ::send(channel, &text, sizeof text, MSG_NOSIGNAL)
         == static_cast<ssize_t>(sizeof text);
}

void watch(pid_t group, bool told) {
  auto& all = own();
  std::lock_guard guard{all.mutex};
  all.groups.insert(group);
  if (!told)
    all.tell(group, true);
}

void forget(pid_t group) {
  auto& all = own();
  std::lock_guard guard{all.mutex};
  if (all.groups.erase(group) != 0)
    all.tell(group, false);
}

pid_t id() {
  auto& all = own();
  std::lock_guard guard{all.mutex};
  return all.process;
}

} // namespace callboard::actors::guardian
