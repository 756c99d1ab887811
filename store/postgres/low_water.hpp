#pragma once

#include "store/model/lease.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace callboard::store {

/// Remembers for each queue where its next due jobs stand, so that a lease
/// does not walk over the remains of all jobs before them. Only a queue through
/// which many jobs go has hints, and only for a while: then a lease looks at
/// everything again, so that a job whose transaction ended late (or whose time
/// lies in the past) is never left behind. Not thread-safe.
class low_water {
public:
  using instant = std::chrono::steady_clock::time_point;

  /// A hint lives so long.
  static constexpr duration lifetime = std::chrono::milliseconds{1500};
  /// So many jobs make a queue busy.
  static constexpr std::size_t busy = 256;
  /// So much below the last seen moment jobs may still appear.
  static constexpr duration margin = std::chrono::seconds{2};

  struct mark {
    std::int16_t priority = 0;
    std::int64_t low = 0;
  };

  /// The marks by priority, or null when the queue must be looked at in full.
  const std::vector<mark>* find(const std::string& queue, instant now) const;

  /// When the next full look is due.
  duration left(const std::string& queue, instant now) const;

  /// What a lease found; `full` when it looked at everything, `ended` when it
  /// found less than it wanted.
  void learn(const std::string& queue, const std::vector<leased_job>& jobs,
             bool full, bool ended, time_point database_now, instant now);

private:
  struct entry {
    std::vector<mark> marks;
    instant looked_at{};
    std::size_t taken = 0;
  };

  std::map<std::string, entry> queues_;
};

} // namespace callboard::store
