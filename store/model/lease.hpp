#pragma once

#include "store/model/job.hpp"
#include "store/model/outcome.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace callboard {

/// Names one start of one node. New at every start; never a host name.
using incarnation = std::int64_t;

/// Names one lease: the fence is drawn from a counter of the whole database
/// that only grows, so that (id, fence) is never given out twice, not even
/// when a finished job's id is enqueued again.
struct lease_ref {
  std::string id;
  std::int64_t fence = 0;

  friend bool operator==(const lease_ref&, const lease_ref&) = default;
};

/// A job that this node may perform, until it settles it or dies.
struct leased_job {
  job value;
  std::int64_t fence = 0;
  /// Its node died while it was leased before: perform it alone, so that a
  /// poisonous job does not drag its neighbours along.
  bool suspect = false;
};

/// One poller's wish.
struct lease_request {
  std::string queue;
  /// At most this many; at least 1.
  std::size_t limit = 1;
  /// Whether a suspect may be given. A suspect comes alone: the answer then
  /// holds exactly that one job. The caller passes false while it holds
  /// another suspect.
  bool suspects = true;
};

/// What one poller gets.
struct lease_batch {
  /// In order of priority, due time, creation (id).
  std::vector<leased_job> jobs;
  /// Jobs whose attempts were used up and which went to the dead letters in
  /// the same step.
  std::vector<job> exhausted;
  /// When fewer than `limit` were found: how long until the queue's next
  /// delayed job is due (from the database's present moment; never negative),
  /// or nothing when no job is waiting.
  std::optional<duration> next_due;
};

/// An outcome on its way to the store. `failed` was resolved by the policy.
struct settlement {
  std::string id;
  std::int64_t fence = 0;
  std::variant<completed, retried, dead, rescheduled> action;
};

/// What became of the settlements of one batch.
struct settle_report {
  /// One for each settlement, in order: true when it was accepted, false when
  /// it was fenced off because another lease (or nobody) holds the job now.
  std::vector<bool> accepted;
};

/// What `reclaim` did.
struct reclaim_report {
  /// Names of the nodes that were found dead.
  std::vector<std::string> nodes;
  /// Jobs that wait again (as suspects).
  std::size_t freed = 0;
  /// Jobs that went to the dead letters, having outlived too many nodes.
  std::vector<job> dead;
};

} // namespace callboard
