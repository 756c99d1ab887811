#pragma once

#include "actors/actors.hpp"
#include "actors/handler/slot.hpp"
#include "actors/metrics/counters.hpp"
#include "actors/pipeline/executor.hpp"
#include "actors/pipeline/stop_board.hpp"
#include "actors/poller/book.hpp"
#include "actors/spawn_mode.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>

namespace callboard::actors {

/// How long a slot may be inside one handler before the rest of its chunk goes
/// elsewhere, before a started job is told of, and before its start is
/// recorded if it was not.
inline constexpr auto patience = std::chrono::milliseconds{5};

/// What the pollers of one queue share over all generations.
struct queue_load {
  std::atomic<int> running{0};
  std::atomic<int> concurrency{0};
};

struct poller_options {
  poller_id id = 0;
  std::shared_ptr<const executor> run;
  std::shared_ptr<stop_board> board;
  std::shared_ptr<poller_book> book;
  std::shared_ptr<queue_load> load;
  std::shared_ptr<counters> numbers;
  supervisor_actor supervisor;
  store_pool_actor store;
  metrics_actor metrics;
  slot_factory make_slot;
  log_sink log;
  /// How long a handler may go on after its timeout, until it is given up.
  duration hung_grace{0};
  /// From when the ticks of idle queues are counted; the same for all.
  moment ticks{};
  /// Random numbers in [0, 1) for jitter.
  std::function<double()> draw;
  /// It replaces one that died while it drained.
  bool draining = false;
  /// A suspect is to be alone, or is.
  bool hushed = false;
  spawn_mode mode = spawn_mode::threads;
};

/// Spawns a POLLER. It quits normally once it was drained; with an error when
/// its slots keep dying. The caller monitors it and keeps the book.
poller_actor spawn_poller(caf::actor_system& sys, poller_options options);

} // namespace callboard::actors
