#pragma once

#include "store/model/lease.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace callboard::store {

/// Remembers for each queue where its next due jobs stand, so that a lease
/// does not walk over the remains of all jobs before them. Only a queue through
/// which many jobs go has hints, and only for a while: a job whose transaction
/// ended late (or whose time lies in the past) appears below them and must not
/// be left behind. So most looks begin right below the hint, some well below
/// it, and some look at everything. While leases come back full, most begin
/// where the last one ended: whoever is behind waits anyway. Not thread-safe.
class low_water {
public:
  using instant = std::chrono::steady_clock::time_point;

  /// How much of the queue a lease looks at.
  enum class reach {
    all,
    /// From `wide_margin` below the last seen moment on.
    wide,
    /// From `near_margin` below it on.
    near,
    /// From the last job on that was seen.
    last,
  };

  /// A look at everything serves so long, or so many times as long as it took,
  /// up to the longest: while somebody's old snapshot keeps the remains of
  /// jobs, there may be millions to walk over.
  static constexpr duration lifetime = std::chrono::milliseconds{1500};
  static constexpr int share = 20;
  static constexpr duration longest_lifetime = std::chrono::seconds{15};
  /// A wide look serves so long.
  static constexpr duration wide_lifetime = std::chrono::milliseconds{100};
  /// So many jobs in a `lifetime` make a queue busy.
  static constexpr std::size_t busy = 256;
  /// With so many, what a wide look walks over counts.
  static constexpr std::size_t crowded = 10'000;
  /// In a queue that has more than leases want, a look below the last job
  /// serves so long.
  static constexpr duration last_lifetime = std::chrono::milliseconds{250};
  static constexpr duration wide_margin = std::chrono::seconds{2};
  static constexpr duration near_margin = std::chrono::milliseconds{50};

  /// The first place in line to look at.
  struct mark {
    std::int16_t priority = 0;
    std::int64_t low = 0;
    std::string_view id;
  };

  /// What the next lease should look at.
  reach next(const std::string& queue, instant now) const;

  /// Where to begin, by priority; empty for `all`. Valid until the next
  /// `learn`.
  std::vector<mark> marks(const std::string& queue, reach how_far) const;

  /// When the next wider look is due.
  duration left(const std::string& queue, instant now) const;

  /// What a lease found; `ended` when it found less than it wanted. `took` is
  /// how long the look was.
  void learn(const std::string& queue, const std::vector<leased_job>& jobs,
             reach how_far, bool ended, time_point database_now, instant now,
             duration took);

private:
  struct place {
    std::int16_t priority = 0;
    /// Where the jobs of the last lease began.
    std::int64_t first = 0;
    /// Where they ended.
    std::int64_t last = 0;
    std::string last_id;
  };
  struct entry {
    std::vector<place> seen;
    instant looked_at_all{};
    duration served_by_all = lifetime;
    instant looked_wide{};
    instant looked_below{};
    std::size_t taken = 0;
    /// The last lease got all that it wanted.
    bool full = false;
  };

  std::map<std::string, entry> queues_;
};

} // namespace callboard::store
