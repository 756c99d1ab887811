#pragma once

#include <caf/fwd.hpp>

namespace callboard {

/// Announces our message types to a CAF configuration. Call it before the
/// actor system is made, also for a system of your own whose actors perform
/// jobs.
void register_types(caf::actor_system_config& cfg);

} // namespace callboard
