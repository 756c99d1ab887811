#pragma once

#include "actors/actors.hpp"
#include "actors/cluster/dialler.hpp"
#include "actors/cluster/services.hpp"

namespace callboard::actors {

/// This process has news for the other nodes: due jobs in a queue, or (empty)
/// jobs to cancel.
struct hint_wake {
  std::string queue;
};

struct hint_cancel {};

/// The addresses of all nodes of the database.
struct known_nodes {
  std::vector<std::string> addresses;
};

/// Owns the links to other full nodes: dials those that it knows and that are
/// not the ones to dial (of two nodes the one with the smaller address dials),
/// passes hints on, and takes them in.
using peers_actor
    = caf::typed_actor<caf::reacts_to<link_up>, caf::reacts_to<link_said>,
                       caf::reacts_to<link_down>, caf::reacts_to<hint_wake>,
                       caf::reacts_to<hint_cancel>,
                       caf::reacts_to<known_nodes>>;

struct peers_options {
  /// Where other nodes reach this one.
  std::string address;
  dialler_options dial;
  supervisor_actor supervisor;
};

/// A node links to at most so many others.
inline constexpr std::size_t most_peers = 256;

peers_actor spawn_peers(caf::actor_system& sys, peers_options options);

/// How often the database is asked for other nodes; half as often after a few
/// answers that were all the same.
inline constexpr auto discovery_interval = std::chrono::seconds{2};
inline constexpr int same_answers = 5;

/// Spawns the actor that asks; a thread of its own, since that blocks.
caf::actor spawn_discovery(caf::actor_system& sys, cluster_services services,
                           peers_actor peers);

} // namespace callboard::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::actors::hint_cancel)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::actors::hint_wake)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::actors::known_nodes)
