#pragma once

#include "actors/actors.hpp"
#include "actors/pipeline/log.hpp"
#include "actors/spawn_mode.hpp"
#include "actors/storage/patience.hpp"
#include "store/database.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

namespace callboard::actors {

struct session_options {
  std::size_t index = 0;
  database_ptr db;
  store_pool_actor owner;
  /// Set for the first session: it joins under this name.
  std::optional<std::string> node_name;
  /// It leases: no statement of it may take so long that the node counts as
  /// dead meanwhile.
  bool leases = false;
  /// Where other nodes reach this one; empty: nowhere.
  std::string address{};
  node_rhythm rhythm{};
  std::function<double()> draw;
  spawn_mode mode = spawn_mode::threads;
};

/// Spawns a SESSION, which connects at once. It quits on `exit_msg`.
session_actor spawn_session(caf::actor_system& sys, session_options options);

} // namespace callboard::actors
