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
  add(queue, false);
}

void wake_relay::wake_claimed(const std::string& queue) {
  add(queue, true);
}

std::vector<std::string>
wake_relay::claim(const std::vector<std::string>& queues) {
  std::lock_guard lock{mutex_};
  auto now = clock::now();
  std::vector<std::string> claimed;
  for (const auto& queue : queues) {
    auto resting = resting_.find(queue);
    if ((resting != resting_.end() && now < resting->second)
        || pending_.count(queue) != 0)
      continue;
    rest(queue, now, 1);
    claimed.push_back(queue);
  }
  return claimed;
}

void wake_relay::add(const std::string& queue, bool claimed) {
  {
    std::lock_guard lock{mutex_};
    if (claimed)
      resting_.erase(queue);
    if (ending_ || ++pending_[queue] > 1)
      return;
    if (!thread_.joinable())
      thread_ = std::thread{[this] {
        run();
      }};
  }
  changed_.notify_all();
}

std::chrono::milliseconds wake_relay::rest_after(int wakes) {
  // More than that make no difference, whatever they are multiplied by.
  constexpr auto enough = static_cast<int>(longest_gap / least_gap) + 1;
  return std::min(std::min(wakes, enough) * least_gap, longest_gap);
}

std::size_t wake_relay::known() const {
  std::lock_guard lock{mutex_};
  return resting_.size();
}

void wake_relay::rest(const std::string& queue, clock::time_point now,
                      int wakes) {
  resting_[queue] = now + rest_after(wakes);
  if (resting_.size() < sweep_at_)
    return;
  std::erase_if(resting_, [now](const auto& x) { return x.second <= now; });
  sweep_at_ = std::max(least_swept, 2 * resting_.size());
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
    auto resting = resting_.find(i->first);
    if (!ending_ && resting != resting_.end() && now < resting->second) {
      next = next ? std::min(*next, resting->second) : resting->second;
      ++i;
      continue;
    }
    rest(i->first, now, i->second);
    queues.push_back(i->first);
    i = pending_.erase(i);
  }
  return queues;
}

} // namespace callboard::actors
