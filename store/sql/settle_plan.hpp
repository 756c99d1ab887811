#pragma once

#include "store/model/lease.hpp"
#include "store/model/time.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace callboard::store {

/// One settlement, made ready to be written.
struct settle_item {
  /// Where it stands in the batch.
  std::size_t index = 0;
  const lease_ref* lease = nullptr;
  /// Storable; of `retried` and `dead`.
  std::string error;
  /// How long after the database's present moment it runs again.
  duration after{0};
  /// An absolute moment instead.
  std::optional<time_point> at;
  /// The new arg, or null.
  const std::string* arg = nullptr;
};

/// The settlements of one batch by kind, each in the order of ids: whoever
/// locks several jobs does so in that order, so that no two wait for each
/// other. A lease that stands in the batch twice is settled by its first
/// outcome only. A cron schedule without a next time becomes a dead letter that
/// says why.
class settle_plan {
public:
  /// `now` is read once, and only when a cron schedule needs it. The plan
  /// refers to `settlements`, which must outlive it.
  settle_plan(const std::vector<settlement>& settlements,
              std::optional<time_point> now);

  settle_plan(const settle_plan&) = delete;
  settle_plan& operator=(const settle_plan&) = delete;

  /// Whether the plan of these needs the database's present moment.
  static bool needs_now(const std::vector<settlement>& settlements);

  std::vector<settle_item> completed;
  std::vector<settle_item> retried;
  std::vector<settle_item> dead;
  std::vector<settle_item> rescheduled;

  /// How many kinds there are: each is one statement.
  std::size_t kinds() const;

private:
  void add(settle_item item, const callboard::rescheduled& action,
           std::optional<time_point> now);

  std::vector<lease_ref> leases_;
};

} // namespace callboard::store
