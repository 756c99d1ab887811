#pragma once

#include "actors/pipeline/observer.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace callboard::testing {

/// An observer that writes down one line per event ("started a1",
/// "completed a1", "error mail database_unreachable", ...), and lets threads
/// wait for them.
class event_log : public observer {
public:
  /// All lines so far.
  std::vector<std::string> lines() const;
  std::size_t count(const std::string& line) const;
  /// How many lines begin like this.
  std::size_t count_prefix(const std::string& beginning) const;

  /// Blocks until `times` lines begin like this; false when that takes longer
  /// than any machine needs.
  bool wait_for(const std::string& beginning, std::size_t times = 1) const;

  void job_started(const job_facts& x) override;
  void job_completed(const job_facts& x, duration) override;
  void job_rescheduled(const job_facts& x, duration, const next_run&) override;
  void job_will_be_retried(const job_facts& x, duration, duration,
                           const std::string& why) override;
  void job_moved_to_dlq(const job_facts& x, duration,
                        const std::string& why) override;
  void queue_is_empty(const std::string& queue) override;
  void worker_error(const std::string& queue, const error& why) override;
  void outcome_fenced(const job_facts& x) override;
  void handler_hung(const job_facts& x, duration) override;
  void jobs_reclaimed(std::size_t count, const std::string& nodes) override;

private:
  void note(std::string line);
  std::size_t counted(const std::function<bool(const std::string&)>& f) const;

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<std::string> lines_;
};

} // namespace callboard::testing
