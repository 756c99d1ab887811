#include "tests/support/await_end.hpp"

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace callboard::test {

bool await_end(pid_t process) {
  auto fd = static_cast<int>(::syscall(SYS_pidfd_open, process, 0));
  if (fd < 0)
    return true;
  pollfd watched{fd, POLLIN, 0};
  auto ended = ::poll(&watched, 1, 30'000) == 1;
  ::close(fd);
  return ended;
}

} // namespace callboard::test
