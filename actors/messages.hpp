#pragma once

#include "actors/client/client.hpp"
#include "actors/metrics/job_event.hpp"
#include "actors/pipeline/worker_config.hpp"
#include "actors/supervisor/credits.hpp"
#include "store/model/lease.hpp"
#include "store/model/status.hpp"

#include <caf/actor_control_block.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// What crosses the border of an actor within one process. Who sends what to
/// whom stands in actors.hpp. What crosses processes is in
/// handler/job_call.hpp.
namespace callboard::actors {

// -- poller and store pool ----------------------------------------------------

/// A poller wants jobs.
struct lease_wish {
  lease_request request;
  /// It may wait a moment for others that come at the same tick.
  bool patient = false;
  /// Its poller waits for another one still: the database can begin with this
  /// one at once when it has answered that.
  bool ahead = false;
  /// It makes no difference whether what comes is later in order than what the
  /// other one brings, since several slots begin it.
  bool side_by_side = false;
};

/// What it gets, or why it gets nothing.
struct lease_answer {
  /// The poller takes the jobs out; what is left if it died belongs to whoever
  /// sent it.
  std::shared_ptr<lease_batch> batch;
  std::optional<error> failure;
};

/// A job whose handler is done, with what observers will want to know once the
/// database has accepted the outcome.
struct finished_job {
  settlement outcome;
  job_facts facts;
  duration took{0};
  /// Its attempt was its last: until the outcome is stored, a crash of the node
  /// makes it a dead letter.
  bool last_attempt = false;
};

/// Outcomes to write. They are kept until the store has taken or fenced them.
struct settle_wish {
  std::vector<finished_job> jobs;
};

/// Jobs whose start is to be recorded: a poller can't begin them before, or
/// they run already. Recorded when the outcomes of last attempts that were
/// handed in before are stored, so that what begins can't take them along. Kept
/// like outcomes.
struct start_wish {
  std::vector<lease_ref> leases;
};

/// For each whether it is still ours; what is not must not start.
struct start_answer {
  std::vector<lease_ref> leases;
  std::vector<bool> ours;
};

/// Jobs to hand back, never started; due again after `wait`. Kept like
/// outcomes.
struct release_wish {
  std::vector<lease_ref> leases;
  duration wait{0};
};

// -- store pool and store session ---------------------------------------------

/// Without `node`: for the one that the session itself has joined as.
struct lease_call {
  std::vector<lease_request> requests;
  std::optional<incarnation> node{};
};

struct lease_done {
  std::vector<lease_batch> batches;
  std::optional<error> failure;
};

/// Which leases does the node hold?
struct held_call {};

struct held_done {
  std::vector<lease_ref> leases;
  std::optional<error> failure;
};

struct settle_call {
  std::shared_ptr<const std::vector<settlement>> outcomes;
};

struct settle_done {
  settle_report report;
  std::optional<error> failure;
};

struct release_call {
  std::vector<lease_ref> leases;
  duration wait{0};
};

struct start_call {
  std::vector<lease_ref> leases;
};

struct start_done {
  std::vector<bool> ours;
  std::optional<error> failure;
};

/// `pause`: how long it may take until the next heartbeat or look.
struct heartbeat_call {
  std::vector<node_queue> queues;
  std::optional<duration> pause{};
};

struct reclaim_call {
  reclaim_rule rule;
  std::optional<duration> pause{};
};

struct reclaim_done {
  reclaim_report report;
  /// How long those that were missed have to come back.
  duration grace{0};
  std::optional<error> failure;
};

struct count_done {
  std::vector<queue_counts> queues;
  std::optional<error> failure;
};

struct heartbeat_done {
  heartbeat_report report;
  std::optional<error> failure;
};

/// For calls that answer nothing else.
struct call_done {
  std::optional<error> failure;
};

/// A session is connected (again).
struct session_up {
  std::size_t index = 0;
  /// The session that leases joined as this node.
  std::optional<incarnation> node;
  /// The leases that the store says this node holds, where the store can tell
  /// and the session went on as the same incarnation.
  std::optional<std::vector<lease_ref>> held;
};

/// A session lost its connection, or could not connect.
struct session_down {
  std::size_t index = 0;
  error why;
};

// -- poller and slot ----------------------------------------------------------

/// A slot has finished jobs of its chunk (they lie in the chunk).
struct performed {
  std::uint64_t slot = 0;
  std::uint64_t chunk = 0;
  /// The slot is idle now.
  bool last = false;
};

// -- supervisor and poller ----------------------------------------------------

/// So many more slots may live.
struct grant {
  std::size_t credits = 0;
};

/// No more than so many slots may live from now on: the others go as they get
/// idle. Comes before the grant that it allows.
struct slot_limit {
  std::size_t most = 0;
};

/// So many slots are gone.
struct credits_back {
  poller_id from = 0;
  std::size_t credits = 0;
};

/// Jobs that were leased and not started, on the way up.
struct handover {
  poller_id from = 0;
  std::vector<leased_job> jobs;
};

/// The same, on the way down to the poller of the queue that lives now, which
/// empties the list: what is still in it when the message bounces is the
/// supervisor's.
struct adoption {
  std::shared_ptr<std::vector<leased_job>> jobs;
};

/// A slot whose handler does not end was given up and replaced. It quits by
/// itself when the handler ends at last.
struct slot_hung {
  std::string queue;
  caf::strong_actor_ptr slot;
  job_facts facts;
};

/// Performers offer so many slots for a queue of theirs.
struct slots_offered {
  std::string queue;
  std::size_t slots = 0;
};

/// There may be due jobs in a queue (empty: in all), at once or in a while.
struct wake_up {
  std::string queue;
  duration after{0};
};

/// The node was declared dead and joined anew: leases up to `last_fence`
/// belong to others.
struct leases_lost {
  std::int64_t last_fence = 0;
};

/// Somebody asked to cancel these: what runs is to stop, what does not won't.
struct leases_cancelled {
  std::vector<lease_ref> leases;
};

/// A suspect is to be alone (or was): start nothing, hand back what has not
/// started, and tell when nothing runs.
struct hush {
  bool on = true;
};

/// The poller does as it was told by `hush`.
struct hushed {
  poller_id from = 0;
};

/// A poller holds a suspect, and waits until it may start it.
struct suspect_found {
  poller_id from = 0;
  std::int64_t fence = 0;
};

/// It may.
struct suspect_alone {
  std::int64_t fence = 0;
};

/// It is done, handed back or lost.
struct suspect_over {
  std::int64_t fence = 0;
};

// -- the client and supervisor ------------------------------------------------

/// Checked already; see `normalize`.
struct upgrade_call {
  std::shared_ptr<const std::vector<worker_config>> configs;
  duration grace{0};
};

struct close_call {
  duration grace{0};
};

// -- metrics ------------------------------------------------------------------

struct event_batch {
  std::vector<job_event> events;
};

} // namespace callboard::actors
