#pragma once

#include "actors/actors.hpp"
#include "actors/cluster/link.hpp"
#include "actors/handler/slot.hpp"
#include "actors/metrics/counters.hpp"
#include "actors/spawn_mode.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace callboard::actors {

/// The center of a process that performs jobs for full nodes: owns the links to
/// them and the slots of all queues.
///
///     node ──perform, stop──► link ──► performer ──chunk──► slot
///          ◄─offer, answer───      ◄──           ◄─performed─
///
/// A job belongs to the link that it came by: when that ends, its stop token
/// fires and what it answers is dropped, since its node has settled it by then.
using performer_actor = caf::typed_actor<
    caf::reacts_to<link_up>, caf::reacts_to<link_said>,
    caf::reacts_to<link_down>,
    // A slot has finished its job.
    caf::reacts_to<performed>,
    // Replaces the workers. Answered when those before have nothing to do any
    // more, or after the grace period.
    caf::replies_to<upgrade_call>::with<drain_report>,
    // Offers nothing more. Answered when nothing runs any more, or a second
    // after the grace period.
    caf::replies_to<close_call>::with<drain_report>,
    caf::replies_to<status_atom>::with<std::vector<queue_status>>,
    // To itself: look after busy slots; send offers that have changed; a grace
    // period is over.
    caf::reacts_to<check_atom, std::uint64_t>, caf::reacts_to<flush_atom>,
    caf::reacts_to<deadline_atom, std::uint64_t>>;

/// A node is told so much later that another one has left a slot: that one
/// takes the next job in this time, if it has one.
inline constexpr auto offer_delay = std::chrono::milliseconds{20};

struct performer_actor_options {
  /// What nodes call it.
  std::string name;
  std::shared_ptr<counters> numbers;
  metrics_actor metrics;
  log_sink log;
  /// How long a handler may go on after its timeout, until it is given up.
  duration hung_grace{0};
  /// Random numbers in [0, 1), from any thread.
  std::function<double()> draw;
  /// How many nodes it is linked to.
  std::shared_ptr<std::atomic<std::size_t>> linked;
  slot_factory make_slot = spawn_slot;
  spawn_mode mode = spawn_mode::threads;
};

/// Spawns a PERFORMER. It quits at the end of a close, and on `exit_msg`.
performer_actor spawn_performer(caf::actor_system& sys,
                                performer_actor_options options);

} // namespace callboard::actors
