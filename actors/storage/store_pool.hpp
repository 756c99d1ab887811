#pragma once

#include "actors/actors.hpp"
#include "actors/metrics/watched_counters.hpp"
#include "actors/pipeline/log.hpp"
#include "actors/spawn_mode.hpp"
#include "actors/storage/patience.hpp"
#include "store/database.hpp"

#include <functional>
#include <memory>
#include <string>

namespace callboard::actors {

struct store_pool_options {
  database_ptr db;
  std::string node_name;
  /// Where other nodes reach this one; empty: nowhere.
  std::string address{};
  node_rhythm rhythm{};
  std::shared_ptr<watched_counters> numbers;
  /// Beside the one that leases; at least 1. None where only one connection can
  /// write: there, the one that leases settles, too.
  unsigned settle_connections = 1;
  supervisor_actor supervisor;
  metrics_actor metrics;
  log_sink log;
  std::function<double()> draw;
  spawn_mode mode = spawn_mode::threads;
};

/// Spawns the STORE POOL with its sessions. On `exit_msg` they quit together;
/// with an error when its sessions keep dying.
store_pool_actor spawn_store_pool(caf::actor_system& sys,
                                  store_pool_options options);

} // namespace callboard::actors
