#pragma once

#include "store/model/lease.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <set>
#include <vector>

namespace callboard::actors {

/// What `deal` has to know.
struct deal_rules {
  std::size_t idle_slots = 0;
  /// The most that a slot gets at once.
  std::size_t chunk = 1;
  /// Whether the start of a job must be durable before it begins, since its
  /// attempt is its last.
  std::function<bool(const leased_job&)> last_attempt;
  /// The fences whose start is being recorded.
  const std::set<std::int64_t>& recording;
  /// Nothing may start but `alone`.
  bool hushed = false;
  /// Whether suspects have to wait until they are `alone`.
  bool suspects_wait = true;
  std::optional<std::int64_t> alone;
};

struct deal_result {
  /// One list for each slot that gets work.
  std::vector<std::vector<leased_job>> chunks;
  /// Their start is to be recorded first. They stay in the buffer, and each
  /// keeps an idle slot for itself.
  std::vector<lease_ref> to_record;
};

/// Takes out of the buffer what idle slots begin now. The first jobs begin
/// first, one in each slot; others lie behind them. Behind another lies no job
/// whose start is recorded, since a crash would count an attempt that had not
/// begun; and none that is a suspect.
deal_result deal(std::deque<leased_job>& buffer, const deal_rules& rules);

} // namespace callboard::actors
