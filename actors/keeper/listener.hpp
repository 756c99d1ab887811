#pragma once

#include "actors/actors.hpp"
#include "actors/metrics/watched_counters.hpp"
#include "actors/pipeline/log.hpp"
#include "actors/spawn_mode.hpp"
#include "store/database.hpp"

#include <memory>
#include <mutex>

namespace callboard::actors {

/// Ends a listener that is inside `wait`, from any thread.
class listen_switch {
public:
  /// The listener that `stop` shall interrupt; false when `stop` came before.
  bool attach(std::shared_ptr<wake_listener> to);
  void stop();
  bool stopped() const;

private:
  mutable std::mutex mutex_;
  std::shared_ptr<wake_listener> to_;
  bool stopped_ = false;
};

struct listener_options {
  database_ptr db;
  supervisor_actor supervisor;
  keeper_actor keeper;
  std::shared_ptr<listen_switch> off;
  std::shared_ptr<watched_counters> numbers;
  log_sink log;
  spawn_mode mode = spawn_mode::threads;
};

/// Spawns the LISTENER. It quits normally when it was switched off or the
/// database has no wake-ups, and with an error when the connection broke.
listener_actor spawn_listener(caf::actor_system& sys, listener_options options);

} // namespace callboard::actors
