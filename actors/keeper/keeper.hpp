#pragma once

#include "actors/actors.hpp"
#include "actors/metrics/watched_counters.hpp"
#include "actors/spawn_mode.hpp"
#include "store/database.hpp"

#include <functional>
#include <memory>

namespace callboard::actors {

struct keeper_options {
  database_ptr db;
  duration heartbeat{0};
  duration reclaim_interval{0};
  duration silence_limit{0};
  std::int32_t max_crashes = 0;
  std::shared_ptr<watched_counters> numbers;
  supervisor_actor supervisor;
  store_pool_actor store;
  metrics_actor metrics;
  log_sink log;
  std::function<double()> draw;
  spawn_mode mode = spawn_mode::threads;
};

/// So long a node whose lock was found free may come back to its leases.
inline constexpr auto reclaim_grace = std::chrono::milliseconds{300};

/// The backlog is counted this often, while somebody looks at the metrics.
inline constexpr auto backlog_interval = std::chrono::seconds{5};

/// Spawns the KEEPER. On `exit_msg` it quits together with its listener.
keeper_actor spawn_keeper(caf::actor_system& sys, keeper_options options);

} // namespace callboard::actors
