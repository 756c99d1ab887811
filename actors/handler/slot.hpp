#pragma once

#include "actors/actors.hpp"
#include "actors/pipeline/executor.hpp"
#include "actors/pipeline/stop_board.hpp"
#include "actors/spawn_mode.hpp"

#include <cstdint>
#include <functional>
#include <memory>

namespace callboard::actors {

struct slot_options {
  std::uint64_t number = 0;
  slot_owner_actor owner;
  std::shared_ptr<const executor> run;
  /// For jobs that actors perform; `run` itself uses it for the others.
  std::shared_ptr<stop_board> board;
  spawn_mode mode = spawn_mode::threads;
};

/// Spawns a SLOT. It quits on `exit_msg`.
slot_actor spawn_slot(caf::actor_system& sys, slot_options options);

/// How pollers make slots; tests give them others.
using slot_factory
    = std::function<slot_actor(caf::actor_system&, slot_options)>;

} // namespace callboard::actors
