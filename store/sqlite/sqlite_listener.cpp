#include "store/sqlite/sqlite_listener.hpp"

#include "store/sqlite/guard.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <utility>

namespace callboard::store {

sqlite_listener::sqlite_listener(sqlite_place_ptr place)
    : place_{std::move(place)}, file_{place_->lock_path()},
      mark_{file_.last_mark()}, watch_{::inotify_init1(IN_CLOEXEC
                                                       | IN_NONBLOCK)},
      interrupt_{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)} {
  if (watch_ >= 0 && interrupt_ >= 0
      && ::inotify_add_watch(watch_, place_->lock_path().c_str(), IN_MODIFY)
             >= 0)
    return;
  ::close(watch_);
  ::close(interrupt_);
  throw failure{{errc::unsupported,
                 place_->name()
                     + ": the system can't watch its lock file, so that jobs of"
                       " other processes are found at the next poll; raise"
                       " fs.inotify.max_user_instances"}};
}

sqlite_listener::~sqlite_listener() {
  ::close(watch_);
  ::close(interrupt_);
}

result<hints> sqlite_listener::wait(duration limit) {
  using std::chrono::steady_clock;
  return sqlite_guard(place_->name(), [&]() -> hints {
    auto deadline = steady_clock::now() + std::max(limit, duration{0});
    for (;;) {
      auto left = std::chrono::ceil<std::chrono::milliseconds>(
          deadline - steady_clock::now());
      auto timeout = std::clamp<std::int64_t>(left.count(), 0,
                                              std::numeric_limits<int>::max());
      pollfd both[2] = {{watch_, POLLIN, 0}, {interrupt_, POLLIN, 0}};
      ::poll(both, 2, static_cast<int>(timeout));
      if (both[1].revents) {
        std::uint64_t count = 0;
        [[maybe_unused]] auto read = ::read(interrupt_, &count, sizeof count);
        return {};
      }
      if (was_written()) {
        auto before = std::exchange(mark_, file_.last_mark());
        return {{std::string{}}, before != mark_, true};
      }
      if (steady_clock::now() >= deadline)
        return {};
    }
  });
}

void sqlite_listener::interrupt() noexcept {
  std::uint64_t one = 1;
  [[maybe_unused]] auto written = ::write(interrupt_, &one, sizeof one);
}

bool sqlite_listener::was_written() {
  alignas(inotify_event) std::array<char, 4096> buffer;
  bool written = false;
  for (;;) {
    auto size = ::read(watch_, buffer.data(), buffer.size());
    if (size <= 0)
      return written;
    // Events of a watched file have no name: all are of one size.
    for (ssize_t at = 0; at < size; at += sizeof(inotify_event)) {
      const auto* event
          = reinterpret_cast<const inotify_event*>(buffer.data() + at);
      written = written || (event->mask & (IN_MODIFY | IN_Q_OVERFLOW)) != 0;
      if (event->mask & IN_IGNORED)
        throw failure{
            {errc::database_unreachable, "the lock file '" + place_->lock_path()
                                             + "' is not watched any more; was "
                                               "its file system taken away?"}};
    }
  }
}

} // namespace callboard::store
