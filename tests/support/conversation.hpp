#pragma once

#include <caf/fwd.hpp>

#include <string>

namespace callboard::testing {

/// "poller", or "test" for who is no actor of the tree.
std::string actor_name(caf::abstract_actor* who);

/// What the message holds: "lease_wish", "chunk", ...
std::string message_name(caf::mailbox_element& mail);

/// "poller -> store-pool: lease_wish", for the next message of `to`.
std::string said_to(caf::scheduled_actor& to, caf::mailbox_element& mail);

} // namespace callboard::testing
