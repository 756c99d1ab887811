#pragma once

#include "actors/actors.hpp"
#include "actors/metrics/counters.hpp"
#include "actors/spawn_mode.hpp"

#include <memory>
#include <vector>

namespace callboard::actors {

struct metrics_options {
  std::shared_ptr<counters> numbers;
  std::vector<observer_ptr> observers;
  log_sink log;
  spawn_mode mode = spawn_mode::threads;
};

/// Spawns the METRICS actor. It quits on `exit_msg`.
metrics_actor spawn_metrics(caf::actor_system& sys, metrics_options options);

} // namespace callboard::actors
