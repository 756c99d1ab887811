#pragma once

#include "actors/cluster/guard.hpp"
#include "actors/cluster/link.hpp"

#include <caf/actor.hpp>
#include <caf/fwd.hpp>

#include <functional>

namespace callboard::actors {

/// Who will talk with this peer; an error refuses it, with the reason.
using owner_choice = std::function<result<link_owner_actor>(
    const peer_facts& peer, const peer_roles& roles)>;

struct link_options {
  line connection;
  /// Whether this process dialled.
  bool dialled = false;
  /// The node that dials speaks first.
  wire::hello_v1 hello;
  owner_choice owner;
  /// Told of a peer that dialled and may not take part; may be empty.
  std::function<void(const peer_facts& peer, const std::string& why)> refused;
  /// The longest message that the peer may send.
  std::size_t payload_limit = guard_options{}.payload_limit;
  /// From the connection to the peer's hello.
  duration hello_time = guard_options{}.handshake_time;
};

/// Spawns a LINK over a line that nobody has admitted yet. It quits when the
/// line has ended: normally if it was up, else with an error that says why.
caf::actor spawn_link(caf::actor_system& sys, link_options options);

/// Message types that a link sends to itself, by way of the guard.
struct line_over {
  std::string why;
};

} // namespace callboard::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::actors::line_over)
