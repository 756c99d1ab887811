#pragma once

#include "actors/pipeline/observer.hpp"
#include "store/database.hpp"

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>

namespace callboard::app {

/// What is left to do for `run --once`.
struct remaining_work {
  /// Jobs that are due or run.
  bool now = false;
  /// A delayed job falls due within the horizon, after so long.
  std::optional<duration> later;

  bool none() const noexcept { return !now && !later; }
};

/// Looks into the database. Costs little while there is work; that there is
/// none within a horizon is only known after all delayed jobs were seen.
[[nodiscard]] result<remaining_work>
find_work(job_store& store, const std::set<std::string>& queues,
          duration horizon);

/// Calls `done` once, from its own thread, when the queues have no work left.
/// Looks when a queue was found empty, and from time to time. A database that
/// can't be reached is waited for.
class once_watcher : public observer {
public:
  once_watcher(database_ptr db, std::set<std::string> queues, duration horizon,
               std::function<void()> done);
  ~once_watcher() override;

  once_watcher(const once_watcher&) = delete;
  once_watcher& operator=(const once_watcher&) = delete;

  /// Begins to look.
  void start();

  void queue_is_empty(const std::string& queue) override;

private:
  void watch();
  /// Sleeps until something may have changed; false when it is to end.
  bool pause(duration limit);

  database_ptr db_;
  std::set<std::string> queues_;
  duration horizon_;
  std::function<void()> done_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool looked_empty_ = false;
  bool ending_ = false;
  std::thread thread_;
};

} // namespace callboard::app
