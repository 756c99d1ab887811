#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

namespace callboard::tests {

/// What happens on other threads, in order, for a test that waits for it.
template <class T>
class awaited {
public:
  void put(T x) {
    {
      std::lock_guard lock{mutex_};
      all_.push_back(std::move(x));
    }
    changed_.notify_all();
  }

  /// The next one; nothing when none comes in time, which is a failure.
  std::optional<T> next(std::chrono::seconds limit = std::chrono::seconds{30}) {
    std::unique_lock lock{mutex_};
    if (!changed_.wait_for(lock, limit, [this] { return !all_.empty(); }))
      return std::nullopt;
    std::optional<T> first{std::move(all_.front())};
    all_.pop_front();
    return first;
  }

  bool empty() const {
    std::lock_guard lock{mutex_};
    return all_.empty();
  }

private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<T> all_;
};

} // namespace callboard::tests
