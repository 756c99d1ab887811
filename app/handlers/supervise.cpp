#include "app/handlers/supervise.hpp"

#include "actors/process/sigpipe_guard.hpp"
#include "actors/process/stop_event.hpp"
#include "app/handlers/tail_buffer.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <vector>

namespace callboard::app {

namespace {

using clock = std::chrono::steady_clock;
using moment = clock::time_point;
using namespace std::chrono_literals;

// How long a descendant that left the group can keep our pipes open.
constexpr auto linger = 500ms;
// How often to look for the end where the kernel offers no pidfd.
constexpr auto look_interval = 20ms;
constexpr std::size_t buffer_size = 64 * 1024;

// By number: the C library's header can't be used from C++ in every version.
int open_process(pid_t pid) {
  return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
}

class supervisor {
public:
  supervisor(piped_program program, const supervision& how)
      : child_{std::move(program)}, how_{how}, stop_{how.stop},
        end_fd_{open_process(child_.pid)}, rest_{how.input},
        tail_{how.error_tail}, buffer_(buffer_size) {
    if (rest_.empty())
      child_.in.reset();
  }

  supervisor(const supervisor&) = delete;
  supervisor& operator=(const supervisor&) = delete;

  // Only after an exception something is left to do here.
  ~supervisor() {
    if (child_.pid <= 0)
      return;
    signal_group(SIGKILL);
    reap();
  }

  supervised_end run() {
    while (!has_ended()) {
      attend(next_moment());
      interrupt_if_due();
    }
    if (end_.interrupted)
      drain_until(*kill_at_);
    // The program is a zombie still, which keeps the group's number ours.
    signal_group(SIGKILL);
    drain_until(clock::now() + linger);
    reap();
    end_.error_tail = tail_.text();
    return std::move(end_);
  }

private:
  // -- the end of the program -------------------------------------------------

  // Looks without reaping.
  bool has_ended() { return ended_ = actors::has_ended(child_.pid); }

  void reap() {
    end_.program = actors::reap(child_.pid);
    child_.pid = -1;
  }

  // -- interruption -----------------------------------------------------------

  void interrupt_if_due() {
    auto now = clock::now();
    auto late = how_.deadline && now >= *how_.deadline;
    if (!end_.interrupted && (late || stop_.requested())) {
      end_.interrupted = true;
      end_.timed_out = late;
      kill_at_ = now + how_.kill_after;
      signal_group(SIGTERM);
      // A stopped process would sleep through it.
      signal_group(SIGCONT);
    } else if (end_.interrupted && !killed_ && now >= *kill_at_) {
      killed_ = true;
      signal_group(SIGKILL);
    }
  }

  void signal_group(int number) { ::kill(-child_.pid, number); }

  std::optional<moment> next_moment() const {
    std::optional<moment> next;
    if (!end_.interrupted)
      next = how_.deadline;
    else if (!killed_)
      next = kill_at_;
    if (!end_fd_) {
      auto look = clock::now() + look_interval;
      next = next ? std::min(*next, look) : look;
    }
    return next;
  }

  // -- its streams ------------------------------------------------------------

  void drain_until(moment limit) {
    while ((child_.out || child_.err) && clock::now() < limit)
      attend(limit);
  }

  // Waits until `limit` (nothing: for ever) for something to happen, and
  // serves it.
  void attend(std::optional<moment> limit) {
    // Both stay readable: they are watched until they were seen.
    auto end = ended_ ? -1 : end_fd_.get();
    auto stop = ended_ || end_.interrupted ? -1 : stop_.fd();
    std::array<pollfd, 5> watched{{{child_.in.get(), POLLOUT, 0},
                                   {child_.out.get(), POLLIN, 0},
                                   {child_.err.get(), POLLIN, 0},
                                   {end, POLLIN, 0},
                                   {stop, POLLIN, 0}}};
    if (::poll(watched.data(), watched.size(), milliseconds_to(limit)) <= 0)
      return;
    if (watched[0].revents != 0)
      feed();
    if (watched[1].revents != 0)
      drain(child_.out, [this](std::string_view bytes) {
        if (how_.on_output)
          how_.on_output(bytes);
      });
    if (watched[2].revents != 0)
      drain(child_.err, [this](std::string_view bytes) { tail_.take(bytes); });
  }

  static int milliseconds_to(std::optional<moment> limit) {
    if (!limit)
      return -1;
    auto left
        = std::chrono::ceil<std::chrono::milliseconds>(*limit - clock::now());
    return static_cast<int>(std::clamp<std::chrono::milliseconds::rep>(
        left.count(), 0, 1'000'000'000));
  }

  void feed() {
    auto written = ::write(child_.in.get(), rest_.data(), rest_.size());
    if (written > 0)
      rest_.remove_prefix(static_cast<std::size_t>(written));
    // EPIPE: it has read as much as it wants.
    auto failed = written < 0 && errno != EAGAIN && errno != EINTR;
    if (failed || rest_.empty())
      child_.in.reset();
  }

  template <class Sink>
  void drain(actors::unique_fd& from, Sink sink) {
    auto got = ::read(from.get(), buffer_.data(), buffer_.size());
    if (got > 0)
      sink(std::string_view{buffer_.data(), static_cast<std::size_t>(got)});
    else if (got == 0 || (errno != EAGAIN && errno != EINTR))
      from.reset();
  }

  piped_program child_;
  const supervision& how_;
  actors::stop_event stop_;
  actors::unique_fd end_fd_;
  std::string_view rest_;
  tail_buffer tail_;
  std::vector<char> buffer_;
  supervised_end end_;
  std::optional<moment> kill_at_;
  bool killed_ = false;
  bool ended_ = false;
};

// Kills and reaps a program that nobody could attend to.
struct orphan {
  pid_t pid;

  ~orphan() {
    if (pid <= 0)
      return;
    ::kill(-pid, SIGKILL);
    actors::reap(pid);
  }
};

} // namespace

supervised_end supervise(piped_program program, const supervision& how) {
  actors::sigpipe_guard no_sigpipe;
  orphan unattended{program.pid};
  supervisor attendant{std::move(program), how};
  unattended.pid = -1;
  return attendant.run();
}

} // namespace callboard::app
