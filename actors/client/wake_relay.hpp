#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace callboard::actors {

/// Tells other processes of due jobs: at once for the first of a burst, once
/// more at the end of it, and at most once per `gap` and queue, so that bulk
/// producers don't pay for a wake-up with each job. Its own thread (started by
/// the first wake-up) does the telling. Thread-safe.
class wake_relay {
public:
  static constexpr auto gap = std::chrono::milliseconds{5};

  /// `send` may block and fail; wake-ups are hints.
  explicit wake_relay(
      std::function<void(const std::vector<std::string>&)> send);

  /// What is due at once is still told.
  ~wake_relay();

  void wake(const std::string& queue);

private:
  using clock = std::chrono::steady_clock;

  void run();
  /// The queues to tell of now; when to look again comes in `next`.
  std::vector<std::string> due(std::optional<clock::time_point>& next);

  std::function<void(const std::vector<std::string>&)> send_;
  std::mutex mutex_;
  std::condition_variable changed_;
  /// Queues with something to tell.
  std::set<std::string> pending_;
  std::map<std::string, clock::time_point> told_;
  bool ending_ = false;
  std::thread thread_;
};

} // namespace callboard::actors
