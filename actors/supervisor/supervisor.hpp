#pragma once

#include "actors/actors.hpp"
#include "actors/handler/slot.hpp"
#include "actors/metrics/watched_counters.hpp"
#include "actors/spawn_mode.hpp"
#include "store/database.hpp"

#include <functional>
#include <memory>

namespace callboard::actors {

/// After the grace period of a close, or of an upgrade that took their queue
/// away, running jobs were asked to stop: so long until nobody waits for them.
inline constexpr auto stop_time = std::chrono::seconds{1};
/// At the end of a close, so long for the last outcomes to reach a database
/// that does not answer.
inline constexpr auto flush_patience = std::chrono::seconds{5};

struct supervisor_options {
  database_ptr db;
  client_options settings;
  /// Where other nodes reach this one; empty: nowhere.
  std::string address{};
  std::shared_ptr<watched_counters> numbers;
  /// Random numbers in [0, 1), from any thread.
  std::function<double()> draw;
  slot_factory make_slot = spawn_slot;
  spawn_mode mode = spawn_mode::threads;
};

/// Spawns the SUPERVISOR with store pool, keeper and metrics. It quits, with
/// all of them, when a close is over and nothing runs any more.
supervisor_actor spawn_supervisor(caf::actor_system& sys,
                                  supervisor_options options);

} // namespace callboard::actors
