#pragma once

#include "actors/process/unique_fd.hpp"

#include <caf/actor.hpp>
#include <caf/fwd.hpp>
#include <caf/io/fwd.hpp>

#include <string>

namespace callboard::actors {

/// The actor of CAF that speaks its protocol.
caf::actor basp_broker(caf::actor_system& sys);

/// Has the broker close its mailbox when it ends, which CAF leaves out: a
/// heartbeat that comes due afterwards would stay in there, and keep its sender
/// for ever, which is the broker.
void close_broker_at_its_end(caf::actor_system& sys);

/// The bytes of the system's node id, as they cross the wire.
std::string node_bytes(caf::actor_system& sys);

/// The inner end of a line, in the form that the broker takes.
caf::io::scribe_ptr make_scribe(caf::actor_system& sys, unique_fd socket);

/// Lets the broker serve a peer that dialled: it offers `gateway`, and nothing
/// else. (CAF has this for its own tests: a server without a port.)
void offer(caf::actor_system& sys, unique_fd socket,
           const caf::strong_actor_ptr& gateway);

} // namespace callboard::actors
