#pragma once

#include <caf/actor_system.hpp>
#include <caf/spawn_options.hpp>

#include <cstdint>
#include <utility>

namespace callboard::actors {

/// How actors that block are run.
enum class spawn_mode : std::uint8_t {
  /// On threads of their own.
  threads,
  /// By the scheduler, as any other actor: for tests that decide who runs
  /// next and what time it is.
  scheduled,
};

/// Spawns an actor that may block.
template <class... Ts>
auto spawn_blocking(caf::actor_system& sys, spawn_mode mode, Ts&&... xs) {
  if (mode == spawn_mode::threads)
    return sys.spawn<caf::detached>(std::forward<Ts>(xs)...);
  return sys.spawn(std::forward<Ts>(xs)...);
}

} // namespace callboard::actors
