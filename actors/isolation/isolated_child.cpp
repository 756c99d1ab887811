#include "actors/isolation/isolated_child.hpp"

#include "actors/isolation/conversation.hpp"
#include "actors/isolation/nursery.hpp"
#include "actors/isolation/slot_process.hpp"
#include "actors/process/own_program.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace callboard::actors {

namespace {

[[noreturn]] void give_up(int number, const char* what) {
  throw std::system_error{number, std::generic_category(), what};
}

struct channel {
  explicit channel(int type) {
    int ends[2];
    if (::socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends) != 0)
      give_up(errno, "no channel to it");
    ours.reset(ends[0]);
    theirs.reset(ends[1]);
    ::fcntl(ours.get(), F_SETFL, O_NONBLOCK);
  }

  unique_fd ours;
  unique_fd theirs;
};

} // namespace

isolated_child::isolated_child(std::shared_ptr<const child_plan> plan)
    : plan_{std::move(plan)}, stop_{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)} {
  if (!stop_)
    give_up(errno, "no event for its stop");
  channel line{SOCK_STREAM};
  channel control{SOCK_SEQPACKET};
  auto start = own_start(slot_role, "queue " + plan_->queue);
  start.descriptors = {-1, STDOUT_FILENO, STDERR_FILENO, line.theirs.get(),
                       control.theirs.get()};
  auto made = nursery::ours().start(start);
  if (made.pid < 0)
    give_up(made.error, "the program of this process");
  pid_ = made.pid;
  death_.reset(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
  line_ = std::move(line.ours);
  control_ = std::move(control.ours);
  if (!death_) {
    auto number = errno;
    ::kill(-pid_, SIGKILL);
    reap();
    give_up(number, "no descriptor of its process");
  }
}

isolated_child::~isolated_child() {
  if (pid_ <= 0)
    return;
  ::kill(-pid_, SIGKILL);
  reap();
}

program_end isolated_child::reap() {
  return actors::reap(std::exchange(pid_, -1));
}

bool isolated_child::is_well() const {
  std::array<pollfd, 2> watched{
      {{death_.get(), POLLIN, 0}, {line_.get(), POLLIN, 0}}};
  return heard_.empty() && ::poll(watched.data(), watched.size(), 0) == 0;
}

void isolated_child::retire() {
  line_.reset();
  nursery::ours().see_off(
      {.pid = std::exchange(pid_, -1),
       .death = std::move(death_),
       .control = std::move(control_),
       .kill_at = nursery::clock::now() + plan_->settings.kill_after});
}

isolated_child::performance isolated_child::perform(const job& work,
                                                    context& ctx) {
  return conversation{*this, work, ctx}.run();
}

} // namespace callboard::actors
