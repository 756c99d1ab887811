#pragma once

#include "store/model/job.hpp"
#include "store/model/status.hpp"

#include <cstdint>
#include <map>
#include <string>

namespace callboard::store {

/// The state that people see, from the stored one (0, 1 or 2).
job_state state_of(long long stored, time_point run_at, time_point now);

/// The stored state behind one that people see; `dead` has none.
long long stored_state(job_state state);

/// A dead letter as a job with its state.
job_info info_of(dead_letter letter, std::int64_t fence, std::int32_t crashes);

/// The counts of all queues while they are gathered line by line.
class count_board {
public:
  explicit count_board(std::int64_t cap) : cap_{cap} {}

  /// Adds up to `cap` + 1 found jobs.
  void add(const std::string& queue, capped_count queue_counts::*kind,
           std::int64_t found);

  /// The queue has a job due since `run_at`.
  void due(const std::string& queue, time_point run_at, time_point now);

  std::vector<queue_counts> take() &&;

private:
  std::int64_t cap_;
  std::map<std::string, queue_counts> queues_;
};

} // namespace callboard::store
