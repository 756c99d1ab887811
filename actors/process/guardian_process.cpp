#include "actors/process/guardian.hpp"
#include "actors/process/guardian_message.hpp"
#include "actors/process/unique_fd.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <array>
#include <cerrno>
#include <set>

namespace callboard::actors::guardian {

namespace {

// Takes one message; false when there is none (now, or for ever).
bool take(std::set<pid_t>& groups) {
  message text{};
  auto got = ::recv(served_channel, &text, sizeof text, MSG_DONTWAIT);
  if (got != static_cast<ssize_t>(sizeof text))
    return false;
  if (text.lives)
    groups.insert(text.group);
  else
    groups.erase(text.group);
  return true;
}

// Until the ward is dead: by its process, since others may have inherited its
// end of the channel, or by the channel where that can't be watched.
void watch_over(pid_t ward, std::set<pid_t>& groups) {
  unique_fd death{static_cast<int>(::syscall(SYS_pidfd_open, ward, 0))};
  if (::getppid() != ward)
    return;
  for (;;) {
    std::array<pollfd, 2> watched{
        {{served_channel, POLLIN, 0}, {death.get(), POLLIN, 0}}};
    if (::poll(watched.data(), watched.size(), -1) < 0 && errno == EINTR)
      continue;
    while (take(groups)) {
    }
    if (watched[1].revents != 0 || (watched[0].revents & POLLHUP) != 0)
      return;
  }
}

} // namespace

int serve(pid_t ward) {
  std::set<pid_t> groups;
  watch_over(ward, groups);
  while (take(groups)) {
  }
  for (auto each : groups)
    if (each > 1)
      ::kill(-each, SIGKILL);
  return 0;
}

} // namespace callboard::actors::guardian
