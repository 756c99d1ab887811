#pragma once

#include "actors/type_ids.hpp"

#include <caf/fwd.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include <cstdint>
#include <string>
#include <vector>

/// The protocol page: every actor of the tree and every message between them.
///
///     client ──upgrade, close, wake-up──► supervisor ──► poller ──► slot
///                                            │             │
///                               keeper ──────┤             ├─► store pool ─►
///                               session
///                             (listener)     └─────────────┴─► metrics
///
/// Requests wait without a time limit only where the answering actor is
/// monitored and replies by value; everything else is one-way, and whoever is
/// owed something keeps it in its own books.
namespace callboard::actors {

/// Tells observers and counts. Detached, so that observers may block.
using metrics_actor = caf::typed_actor<
    // Things happened. From pollers, the store pool, the keeper.
    caf::reacts_to<event_batch>,
    // All events sent before this one were told; the supervisor asks at the
    // end of a close.
    caf::replies_to<flush_atom>::with<bool>>;

/// Owns one connection to the database. Detached, since all its work blocks.
/// Connects by itself, again and again; meanwhile every call is answered with
/// the reason why there is no connection. One of them, the first, also joins
/// as the node and holds the liveness lock.
using session_actor = caf::typed_actor<
    // The store pool passes on what pollers wish for: to the first session, and
    // in a rush to a second one that leases.
    caf::replies_to<lease_call>::with<lease_done>,
    // The store pool is in doubt what the node holds; only the first session.
    caf::replies_to<held_call>::with<held_done>,
    // The store pool writes outcomes.
    caf::replies_to<settle_call>::with<settle_done>,
    // The store pool records that jobs start.
    caf::replies_to<start_call>::with<start_done>,
    // The store pool hands jobs back.
    caf::replies_to<release_call>::with<call_done>,
    // From the keeper by way of the store pool; only the first session.
    caf::replies_to<heartbeat_call>::with<heartbeat_done>,
    caf::replies_to<reclaim_call>::with<reclaim_done>,
    // Backlog for the gauges; from the keeper by way of the store pool.
    caf::replies_to<count_atom>::with<count_done>,
    // Gives up the lock and the registration; no connection after this.
    caf::replies_to<leave_atom>::with<call_done>,
    // To itself: (re)connect now; look whether the connection was closed.
    caf::reacts_to<connect_atom>, caf::reacts_to<check_atom>>;

/// Gathers what pollers want of the database while a call is on its way, so
/// that it leaves together with the next one.
using store_pool_actor = caf::typed_actor<
    // A poller has room. It is answered by a `lease_answer` request, which
    // bounces when the poller is gone: then the jobs are handed back.
    caf::reacts_to<lease_wish>,
    // A poller (or the supervisor) has outcomes, or jobs to hand back.
    caf::reacts_to<settle_wish>, caf::reacts_to<release_wish>,
    // A poller has jobs that start. It gets a `start_answer`.
    caf::reacts_to<start_wish>,
    // Answered when nothing is left to write; the supervisor asks at the end of
    // a close, and before a suspect starts.
    caf::replies_to<flush_atom>::with<bool>,
    // From the keeper, to the session that leases.
    caf::replies_to<heartbeat_call>::with<heartbeat_done>,
    caf::replies_to<reclaim_call>::with<reclaim_done>,
    // From the keeper, to a session that settles.
    caf::replies_to<count_atom>::with<count_done>,
    // From the supervisor at the end of a close, to the session that leases.
    caf::replies_to<leave_atom>::with<call_done>,
    // From sessions.
    caf::reacts_to<session_up>, caf::reacts_to<session_down>,
    // To itself: try again what failed.
    caf::reacts_to<retry_atom>,
    // To itself, or from a poller that was woken meanwhile: patient wishes have
    // waited, or a doubt has.
    caf::reacts_to<gather_atom>>;

/// Who gives work to slots: a poller, or the performer of a process that has no
/// database.
using slot_owner_actor = caf::typed_actor<
    // A slot has finished jobs.
    caf::reacts_to<performed>>;

/// Performs jobs, one at a time. Detached when the queue has functions, since
/// they may block.
using slot_actor = caf::typed_actor<
    // The owner gives work; at most one chunk lies in the mailbox.
    caf::reacts_to<chunk_ptr>,
    // The sender is the slot's owner from now on (the old one died); answered
    // by a `performed` once the slot is idle.
    caf::reacts_to<serve_atom>>;

/// Keeps the slots of one queue and generation busy; the only place that
/// decides what runs.
using poller_actor = caf::typed_actor<
    // The supervisor allows more slots.
    caf::reacts_to<grant>,
    // The supervisor allows fewer slots, since performers offer fewer.
    caf::reacts_to<slot_limit>,
    // The supervisor passes on jobs of an older generation. A request, so that
    // it bounces when this poller is gone.
    caf::replies_to<adoption>::with<void>,
    // The supervisor has a newer generation, or closes: lease no more, give up
    // jobs and credits, quit when nothing runs.
    caf::reacts_to<drain_atom>,
    // There may be due jobs. From the supervisor, who has it from the client,
    // the keeper or the store pool.
    caf::reacts_to<wake_up>,
    // From the supervisor, who has it from the store pool.
    caf::reacts_to<leases_lost>,
    // From the supervisor, who has it from the keeper.
    caf::reacts_to<leases_cancelled>,
    // The supervisor makes room for a suspect: start nothing, or go on.
    // Answered by a `hushed` when nothing runs.
    caf::reacts_to<hush>,
    // The supervisor lets the suspect start that this poller holds.
    caf::reacts_to<suspect_alone>,
    // The store pool answers a `lease_wish`.
    caf::replies_to<lease_answer>::with<void>,
    // The store pool answers a `start_wish`.
    caf::reacts_to<start_answer>,
    // A slot has finished jobs.
    caf::reacts_to<performed>,
    // To itself: time to look for jobs; time to look after busy slots. The
    // number tells a stale one.
    caf::reacts_to<alarm_atom, std::uint64_t>,
    caf::reacts_to<check_atom, std::uint64_t>>;

/// Says that the node lives, frees what dead nodes held, and keeps a listener.
using keeper_actor = caf::typed_actor<
    // To itself, on its timers.
    caf::reacts_to<heartbeat_atom>, caf::reacts_to<reclaim_atom>,
    // To itself: look again, since somebody's grace is over.
    caf::reacts_to<check_atom>,
    // Somebody asked to cancel running jobs: ask which, at once. From the
    // supervisor, who has it from the client or the listener.
    caf::reacts_to<cancel_atom>,
    // From the listener: it hears hints from now on; a node joined.
    caf::reacts_to<joined_atom>,
    // To itself: spawn the listener (again).
    caf::reacts_to<listen_atom>>;

/// Waits for wake-ups from the database. Detached, since it waits there.
using listener_actor = caf::typed_actor<
    // To itself: wait again.
    caf::reacts_to<listen_atom>>;

/// Owns the tree and every credit.
using supervisor_actor = caf::typed_actor<
    // The client replaces the workers. Answered when the generation before has
    // drained, or after the grace period.
    caf::replies_to<upgrade_call>::with<drain_report>,
    // The client ends. Answered when all is over, or after the grace period
    // and a second.
    caf::replies_to<close_call>::with<drain_report>,
    // The client asks what goes on.
    caf::replies_to<status_atom>::with<std::vector<queue_status>>,
    // A poller's slots are gone.
    caf::reacts_to<credits_back>,
    // A poller that drains has jobs that were not started.
    caf::reacts_to<handover>,
    // A poller has given up a slot whose handler does not end.
    caf::reacts_to<slot_hung>,
    // A poller holds a suspect; is quiet; is done with the suspect.
    caf::reacts_to<suspect_found>, caf::reacts_to<hushed>,
    caf::reacts_to<suspect_over>,
    // The pool of performers has more or fewer slots for a queue.
    caf::reacts_to<slots_offered>,
    // Passed on to the poller of the queue that lives now. From the client, the
    // keeper, the listener and the store pool.
    caf::reacts_to<wake_up>,
    // Passed on to all pollers. From the store pool; from the keeper.
    caf::reacts_to<leases_lost>, caf::reacts_to<leases_cancelled>,
    // Passed on to the keeper. From the client and the listener.
    caf::reacts_to<cancel_atom>,
    // To itself: the grace period of an upgrade (or close) is over, or that of
    // a suspect's quiet time.
    caf::reacts_to<deadline_atom, std::uint64_t>>;

} // namespace callboard::actors
