#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace callboard::actors {

/// Tells other processes of due jobs: at once for the first of a burst, once
/// more at the end of it, and seldom in between, so that bulk producers don't
/// pay for a wake-up with each job: after it told of n wake-ups of a queue, the
/// next of that queue have to wait n times `least_gap`, at most `longest_gap`.
/// So jobs that come one by one are told of one by one, and of a stream of
/// thousands a second the workers, who are busy with it, hear now and then. Its
/// own thread (started by the first wake-up) does the telling, unless somebody
/// claims a wake-up that need not wait, to tell of it in less time.
/// Thread-safe.
class wake_relay {
public:
  static constexpr auto least_gap = std::chrono::milliseconds{4};
  static constexpr auto longest_gap = std::chrono::milliseconds{10};
  /// Of no more queues it knows when they were told of last, or of twice as
  /// many as rest at a time: names of queues may be made up, and be endless.
  static constexpr std::size_t least_swept = 256;

  /// `send` may block and fail; wake-ups are hints.
  explicit wake_relay(
      std::function<void(const std::vector<std::string>&)> send);

  /// What is due at once is still told.
  ~wake_relay();

  void wake(const std::string& queue);

  /// Those of these queues that may be told of at once. They count as told of
  /// from now on: the caller tells, or gives them back by `wake_claimed`.
  std::vector<std::string> claim(const std::vector<std::string>& queues);

  /// `wake` for a queue that was claimed and not told of: it doesn't wait for
  /// itself.
  void wake_claimed(const std::string& queue);

  /// Of how many queues it knows when they were told of last.
  std::size_t known() const;

  /// How long a queue's wake-ups wait after so many were told of.
  static std::chrono::milliseconds rest_after(int wakes);

private:
  using clock = std::chrono::steady_clock;

  void add(const std::string& queue, bool claimed);
  void run();
  void rest(const std::string& queue, clock::time_point now, int wakes);
  /// The queues to tell of now; when to look again comes in `next`.
  std::vector<std::string> due(std::optional<clock::time_point>& next);

  std::function<void(const std::vector<std::string>&)> send_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  /// Queues with something to tell, and how often they were woken.
  std::map<std::string, int> pending_;
  /// Until when a queue's next wake-ups have to wait, and when so many of them
  /// are known that those which need not wait any more are forgotten.
  std::map<std::string, clock::time_point> resting_;
  std::size_t sweep_at_ = least_swept;
  bool ending_ = false;
  std::thread thread_;
};

} // namespace callboard::actors
