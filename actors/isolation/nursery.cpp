#include "actors/isolation/nursery.hpp"

#include "actors/process/program_end.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <system_error>
#include <thread>

namespace callboard::actors {

std::atomic<nursery*> nursery::made_ = nullptr;

nursery& nursery::ours() {
  static auto* one = [] {
    auto* made = new nursery;
    made_ = made;
    return made;
  }();
  return *one;
}

bool nursery::await_all_departures(clock::duration limit) {
  auto* made = made_.load();
  return !made || made->await_departures(limit);
}

nursery::nursery() : wake_{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)} {
  if (!wake_)
    throw std::system_error{errno, std::generic_category(),
                            "no event for the processes of handlers"};
  // Signals are for the threads of the service.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_BLOCK, &all, &before);
  std::thread{[this] {
    run();
  }}.detach();
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

spawned nursery::start(const program_start& what) {
  request wish{&what, std::nullopt};
  std::unique_lock lock{mutex_};
  requests_.push_back(&wish);
  ::eventfd_write(wake_.get(), 1);
  started_.wait(lock, [&] { return wish.made.has_value(); });
  return *wish.made;
}

void nursery::see_off(leaving child) {
  std::lock_guard guard{mutex_};
  arrivals_.push_back(std::move(child));
  ::eventfd_write(wake_.get(), 1);
}

bool nursery::await_departures(clock::duration limit) {
  std::unique_lock lock{mutex_};
  return left_.wait_for(lock, limit,
                        [&] { return arrivals_.empty() && leaving_.empty(); });
}

void nursery::run() {
  for (;;) {
    await(leaving_);
    eventfd_t ignored = 0;
    ::eventfd_read(wake_.get(), &ignored);
    start_all();
    attend_leaving();
  }
}

void nursery::await(const std::vector<leaving>& all) const {
  std::vector<pollfd> watched{{wake_.get(), POLLIN, 0}};
  auto next = clock::time_point::max();
  for (const auto& each : all) {
    watched.push_back({each.death.get(), POLLIN, 0});
    next = std::min(next, each.kill_at);
  }
  auto left = std::chrono::ceil<std::chrono::milliseconds>(next - clock::now());
  auto limit = next == clock::time_point::max()
                   ? -1
                   : static_cast<int>(std::clamp<std::int64_t>(left.count(), 0,
                                                               1'000'000'000));
  ::poll(watched.data(), watched.size(), limit);
}

void nursery::start_all() {
  std::unique_lock lock{mutex_};
  while (!requests_.empty()) {
    auto* next = requests_.front();
    requests_.pop_front();
    lock.unlock();
    auto made = spawn(*next->what);
    lock.lock();
    next->made = made;
    started_.notify_all();
  }
}

void nursery::attend_leaving() {
  std::lock_guard guard{mutex_};
  std::ranges::move(arrivals_, std::back_inserter(leaving_));
  arrivals_.clear();
  std::erase_if(leaving_, [](leaving& each) {
    if (has_ended(each.pid)) {
      reap(each.pid);
      return true;
    }
    if (clock::now() >= each.kill_at) {
      ::kill(-each.pid, SIGKILL);
      each.kill_at = clock::time_point::max();
    }
    return false;
  });
  if (leaving_.empty())
    left_.notify_all();
}

} // namespace callboard::actors
