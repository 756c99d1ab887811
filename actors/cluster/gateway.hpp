#pragma once

#include "actors/cluster/link.hpp"
#include "actors/cluster/services.hpp"

#include <caf/fwd.hpp>

#include <cstddef>

namespace callboard::actors {

/// So many calls of remote clients are served at once.
inline constexpr std::size_t gateway_threads = 4;

/// Spawns the GATEWAY: it owns the links to remote clients and serves their
/// calls. On `exit_msg` it hangs up and quits.
link_owner_actor spawn_gateway(caf::actor_system& sys,
                               cluster_services services);

/// One call on its way to a thread.
struct gateway_call {
  link_actor from;
  link_said call;
};

/// Serves calls, one after the other, on a thread of its own.
using gateway_worker_actor = caf::typed_actor<caf::reacts_to<gateway_call>>;

gateway_worker_actor spawn_gateway_worker(caf::actor_system& sys,
                                          cluster_services services);

} // namespace callboard::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::actors::gateway_call)
