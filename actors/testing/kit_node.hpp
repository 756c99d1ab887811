#pragma once

#include "actors/metrics/job_event.hpp"
#include "actors/pipeline/executor.hpp"
#include "actors/pipeline/stop_board.hpp"
#include "actors/testing/test_kit.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace callboard::actors {

/// What ends a handler whose process crashes. No std::exception, so that few
/// handlers catch it; those that do can't reach the store any more.
struct kit_crash {};

/// The node of a kit: performs jobs one at a time, on the caller's thread.
class kit_node {
public:
  explicit kit_node(test_kit_options options);

  void upgrade(std::vector<worker_config> workers);

  // -- performing -------------------------------------------------------------

  std::optional<performed_job> perform_next();
  std::size_t perform_due();
  std::size_t perform_until(time_point end, bool idle_ends);

  // -- inside of handlers -----------------------------------------------------

  void spend(duration by);
  void stop(stop_reason why);
  void lose_lease();
  /// Crashes here if it was asked to.
  void checkpoint();
  bool dying() const noexcept { return dying_; }
  /// The running job, if it has this id.
  const leased_job* running(std::string_view id) const;

  test_kit_options options;
  time_point now;
  database_ptr db;
  std::unique_ptr<job_store> store;
  std::vector<performed_job> done;
  std::vector<std::string> told;
  std::vector<log_record> logged;

  /// The process dies at this checkpoint, or at the next settle.
  std::optional<std::size_t> crash_checkpoint;
  bool crash_settle = false;
  /// Both are points; the process dies at this one.
  std::optional<std::size_t> crash_point;
  std::size_t checkpoints = 0;
  std::size_t points = 0;
  std::size_t crashes = 0;
  /// Called when the old process is gone.
  std::function<void()> on_restart;

private:
  struct worker {
    std::string queue;
    std::shared_ptr<stop_board> board;
    std::shared_ptr<const executor> run;
  };

  /// The job whose handler runs.
  struct running_job {
    const worker* by = nullptr;
    const leased_job* work = nullptr;
    time_point began{};
    /// Somebody asked for it; unless completed, it will not come back.
    bool cancelled = false;
    std::optional<performed_job> given_up;
  };

  // -- performing -------------------------------------------------------------

  std::chrono::steady_clock::time_point steady() const;
  void join();
  std::optional<leased_job> lease(const worker& by);
  performed_job perform(const worker& by, const leased_job& work);
  void settle(const leased_job& work, const execution& end,
              performed_job& result);
  performed_job record(const leased_job& work) const;
  void tell(const job_event& what);

  // -- faults -----------------------------------------------------------------

  const leased_job& running_one(const char* what) const;
  void give_up();
  bool point();
  bool settle_crashes();
  void restart();
  void reclaim();
  std::string error_of(const std::string& id);

  std::vector<worker> workers_;
  std::optional<running_job> running_;
  bool dying_ = false;
  /// Of the last look that found nothing due.
  std::optional<duration> next_due_;
};

} // namespace callboard::actors
