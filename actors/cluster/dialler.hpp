#pragma once

#include "actors/cluster/link_options.hpp"

#include <caf/actor.hpp>
#include <caf/fwd.hpp>

#include <functional>
#include <memory>

namespace callboard::actors {

struct dialler_options {
  std::shared_ptr<guard> gate;
  node_address to;
  wire::hello_v1 hello;
  /// Gets every link that comes up, one after the other.
  link_owner_actor owner;
  /// Random numbers in [0, 1).
  std::function<double()> draw;
  log_sink log;
};

/// Between two tries: from the first to the second value, with jitter.
inline constexpr auto first_redial = std::chrono::milliseconds{100};
inline constexpr auto longest_redial = std::chrono::seconds{10};

/// Spawns a DIALLER: it keeps up one link to one address, and tries again and
/// again for ever. An `exit_msg` ends it and hangs up.
caf::actor spawn_dialler(caf::actor_system& sys, dialler_options options);

/// To itself, from the guard's thread.
struct dialled {
  std::shared_ptr<result<line>> answer;
};

} // namespace callboard::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::actors::dialled)
