#pragma once

#include "actors/actors.hpp"
#include "actors/cluster/link.hpp"
#include "actors/handler/actor_handler.hpp"

#include <chrono>

namespace callboard::actors {

/// Hands jobs to performers: processes that have handlers but no database. To
/// the slots of a queue it is a handler actor; to the cluster it owns the links
/// of performers; and it tells the supervisor how many slots they offer.
using performer_pool_actor = caf::typed_actor<
    caf::reacts_to<link_up>, caf::reacts_to<link_said>,
    caf::reacts_to<link_down>,
    caf::replies_to<perform_atom, job_call>::with<job_answer>,
    caf::reacts_to<job_stop>>;

struct performer_pool_options {
  supervisor_actor supervisor;
  log_sink log;
};

/// A job of a type that nobody here performs is due again after so long.
inline constexpr auto unknown_type_wait = std::chrono::seconds{5};
/// So is one for which all slots of its type are taken,
inline constexpr auto all_busy_wait = std::chrono::milliseconds{250};
/// and one that was refused, since another node had taken the slot.
inline constexpr auto refused_wait = std::chrono::milliseconds{20};

/// Spawns the POOL. On `exit_msg` it hangs up and quits.
performer_pool_actor spawn_performer_pool(caf::actor_system& sys,
                                          performer_pool_options options);

} // namespace callboard::actors
