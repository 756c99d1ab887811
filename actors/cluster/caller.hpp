#pragma once

#include "actors/cluster/link.hpp"

#include <caf/fwd.hpp>

#include <functional>
#include <string>
#include <variant>

namespace callboard::actors {

/// Why a call has no answer.
struct call_failure {
  /// Whether the node may have done it.
  bool sent = false;
  std::string why;
};

/// One call of a remote client. `answered` is called once, by the caller's
/// thread of CAF; it must not block.
struct remote_call {
  std::uint64_t number = 0;
  caf::message what;
  std::function<void(std::variant<caf::message, call_failure>)> answered;
};

/// Nobody waits any more for the answer of this call.
struct forget_call {
  std::uint64_t number = 0;
};

/// Why there is no connection, as a dialler tells it.
struct dial_trouble {
  std::string why;
};

/// Owns the links of a remote client: sends each call over one of them, and
/// finds the call that an answer belongs to. Calls wait while there is no link;
/// one that a node declines since it closes goes to another, if there is one.
using caller_actor
    = caf::typed_actor<caf::reacts_to<link_up>, caf::reacts_to<link_said>,
                       caf::reacts_to<link_down>, caf::reacts_to<remote_call>,
                       caf::reacts_to<forget_call>,
                       caf::reacts_to<dial_trouble>>;

caller_actor spawn_caller(caf::actor_system& sys, std::string name);

} // namespace callboard::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::actors::dial_trouble)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::actors::forget_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::actors::remote_call)
