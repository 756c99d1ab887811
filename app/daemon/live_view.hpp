#pragma once

#include "actors/pipeline/observer.hpp"
#include "app/cli/table.hpp"
#include "app/daemon/log_queue.hpp"
#include "config/settings.hpp"

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <utility>

namespace callboard::app {

/// `run --live`: a coloured line for each thing that happens to a job, and at
/// the end a table of what was done. For people, not for parsing. Nobody waits
/// for who reads it (see `log_queue`): a terminal that was stopped must not
/// stop the daemon.
class live_view : public observer {
public:
  /// `now` gives the time of day that lines show, and from which cron times
  /// count.
  live_view(spdlog::sink_ptr out, bool colours,
            const config::settings& settings, clock_function now = system_now);

  void job_started(const job_facts& job) override;
  void job_completed(const job_facts& job, duration took) override;
  void job_rescheduled(const job_facts& job, duration took,
                       const next_run& next) override;
  void job_will_be_retried(const job_facts& job, duration took, duration after,
                           const std::string& error) override;
  void job_moved_to_dlq(const job_facts& job, duration took,
                        const std::string& error) override;
  void worker_error(const std::string& queue, const error& what) override;
  void outcome_fenced(const job_facts& job) override;
  void handler_hung(const job_facts& job, duration ran) override;
  void jobs_reclaimed(std::size_t count, const std::string& nodes) override;

  /// The table; waits until it is written, as `log_queue::flush`. Any thread.
  void print_summary();

  /// See `log_queue::flush`.
  bool flush() { return lines_.flush(); }

private:
  struct tally {
    std::uint64_t done = 0;
    std::uint64_t retried = 0;
    std::uint64_t rescheduled = 0;
    std::uint64_t dead = 0;
  };

  void line(const job_facts& job, tint how, const char* symbol,
            const std::string& words);
  void line(tint how, const char* symbol, const std::string& words);
  void write(const std::string& line);
  /// With the mutex.
  table summary() const;
  std::string attempt_of(const job_facts& job) const;

  bool colours_;
  clock_function now_;
  /// Of queue and type: how many attempts the file allows (0: no end).
  std::map<std::pair<std::string, std::string>, std::int32_t> attempts_;
  std::size_t name_width_ = 0;
  log_queue lines_;
  std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, tally> tallies_;
};

} // namespace callboard::app
