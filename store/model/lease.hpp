#pragma once

#include "store/model/job.hpp"
#include "store/model/outcome.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
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
  /// That it starts is durable: a crash from now on keeps its attempt. A
  /// suspect always comes so; of others see `lease_request::start`.
  bool recorded = true;
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
  /// The first so many jobs of the batch begin at once: their start is
  /// recorded by the lease. That of the others is by `job_store::start`.
  std::size_t start = std::numeric_limits<std::size_t>::max();
  /// The queue's handlers run in other processes, so that its jobs can't kill
  /// the node: a death of the node is then no crash of theirs.
  bool isolated = false;
};

/// What one poller gets.
struct lease_batch {
  /// In order of priority, due time, creation (id).
  std::vector<leased_job> jobs;
  /// Jobs that went to the dead letters in the same step: their attempts were
  /// used up, or somebody had asked to cancel them.
  std::vector<job> exhausted;
  /// When it holds fewer than `limit` jobs: how long until the queue's next
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

/// Who is dead for `reclaim`, and what becomes of the jobs that were held.
struct reclaim_rule {
  /// A node whose lock is held is dead after so long without a heartbeat.
  duration silence{0};
  /// From so many crashes on a job goes to the dead letters.
  std::int32_t max_crashes = 0;
  /// A node whose lock is free is first only missed, and dead when it has not
  /// come back so long after it was missed first. It goes by who looks: after
  /// an outage of the database the time begins with the first look.
  duration grace{0};
  /// For how long whoever looks has been looking without a gap. That a node was
  /// missed before that proves nothing: it is missed anew.
  duration watched = duration::max();
};

/// What `reclaim` did.
struct reclaim_report {
  /// Names of the nodes that were found dead.
  std::vector<std::string> nodes;
  /// Jobs that wait again (as suspects).
  std::size_t freed = 0;
  /// Jobs that went to the dead letters, having outlived too many nodes.
  std::vector<job> dead;
  /// Nodes whose lock is free and which still have time to come back.
  std::size_t missed = 0;
};

/// Where a node stands among all that are registered, dead ones included.
struct node_standing {
  /// The other ones.
  std::size_t others = 0;
  /// Those of them that registered earlier.
  std::size_t ahead = 0;
};

/// What a heartbeat learns.
struct heartbeat_report {
  /// Leases of this node that somebody asked to cancel.
  std::vector<lease_ref> cancelled;
  /// Nothing where the store can't tell.
  std::optional<node_standing> standing{};
};

/// What became of one id that was to be cancelled.
enum class cancel_answer : std::uint8_t {
  /// It waited, and is gone.
  removed,
  /// It runs: its node will be told to stop it, and it will not be given out
  /// again. It is done if its handler completes it nevertheless.
  asked,
  /// No such job is stored (any more); a dead letter is none.
  unknown,
};

} // namespace callboard
