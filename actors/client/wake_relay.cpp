#include "actors/client/wake_relay.hpp"

#include <algorithm>
#include <utility>

namespace callboard::actors {

wake_relay::wake_relay(
    std::function<void(const std::vector<std::string>&)> send)
    : send_{std::move(send)} {}

wake_relay::~wake_relay() {
  {
    std::lock_guard lock{mutex_};
    ending_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable())
    thread_.join();
}

void wake_relay::wake(const std::string& queue) {
  {
    std::lock_guard lock{mutex_};
    if (ending_ || !pending_.insert(queue).second)
      return;
    if (!thread_.joinable())
      thread_ = std::thread{[this] {
        run();
      }};
  }
  changed_.notify_all();
}

void wake_relay::run() {
  std::unique_lock lock{mutex_};
  for (;;) {
    std::optional<clock::time_point> next;
    auto queues = due(next);
    if (!queues.empty()) {
      lock.unlock();
      send_(queues);
      lock.lock();
    } else if (ending_) {
      return;
    } else if (next) {
      changed_.wait_until(lock, *next);
    } else {
      changed_.wait(lock);
    }
  }
}

std::vector<std::string>
wake_relay::due(std::optional<clock::time_point>& next) {
  auto now = clock::now();
  std::vector<std::string> queues;
  for (auto i = pending_.begin(); i != pending_.end();) {
    auto told = told_.find(*i);
    if (!ending_ && told != told_.end() && now - told->second < gap) {
      auto at = told->second + gap;
      next = next ? std::min(*next, at) : at;
      ++i;
      continue;
    }
    told_[*i] = now;
    queues.push_back(*i);
    i = pending_.erase(i);
  }
  return queues;
}

} // namespace callboard::actors
