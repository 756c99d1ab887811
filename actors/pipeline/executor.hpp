#pragma once

#include "actors/pipeline/log.hpp"
#include "actors/pipeline/stop_board.hpp"
#include "actors/pipeline/worker_config.hpp"
#include "store/model/lease.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace callboard {

/// What became of one performed job, before the database knows of it.
struct execution {
  settlement outcome;
  /// How long the handler ran: at least 1 us; 0 when none was called.
  duration took{0};
};

/// A clock that never jumps; in tests, one that jumps at will.
using steady_clock_function
    = std::function<std::chrono::steady_clock::time_point()>;

/// The outcome of a job that somebody asked to cancel while it ran: that it is
/// completed stands; anything else ends it as cancelled.
settlement as_cancelled(settlement what);

/// Runs leased jobs of one queue: the pipeline of one job, in this order:
///
///   1. find the route of the type; none: dead, `unknown type`
///   2. attempts beyond the policy's number: dead, without calling anything
///   3. put the job on the stop board
///   4. call the chain: request id, recovery, the user's middlewares, handler
///   5. take it off the board
///   6. resolve `failed` by the retry policy (also `retried` past the number
///      of attempts), check the answer: a reschedule by a bad cron expression
///      is dead
///
/// A handler that returns after its deadline counts with what it answered.
/// Const and thread-safe: all slots of a queue share one.
class executor {
public:
  /// Composes the handler chain of each route, once; an exception of a
  /// middleware comes out here. `config` is normalized. `draw` gives random
  /// numbers in [0, 1) for the jitter, and `now` the moment that durations and
  /// deadlines start from, both from any thread; empty: a generator of its
  /// own, the steady clock.
  executor(std::shared_ptr<const worker_config> config,
           std::shared_ptr<stop_board> board, log_sink log,
           std::function<double()> draw = {}, steady_clock_function now = {});

  ~executor();

  /// Performs a job whose route is a function (or that has none). Blocks as
  /// long as the handler does. Never throws. `before_handler` is called once,
  /// right before the handler chain, if it gets that far.
  execution run(const leased_job& work,
                const std::function<void()>& before_handler) const;

  /// The route of a job that an actor performs; null when `run` is the one to
  /// ask (a function, no route, or attempts used up).
  const route* target_of(const leased_job& work) const;

  /// Step 6 alone, for a job that an actor performed or whose slot died.
  settlement resolve(const leased_job& work, outcome answer) const;

  /// Whether it will not be tried again after this attempt.
  bool last_attempt(const leased_job& work) const;

  /// How long the job may take: by its own timeout, else its type's; 0: as long
  /// as it likes.
  duration timeout_of(const leased_job& work) const;

  /// The same for a job whose handler did not stop within `grace` after its
  /// timeout.
  settlement resolve_hung(const leased_job& work, duration grace) const;

  const worker_config& config() const noexcept;

private:
  struct impl;
  std::unique_ptr<const impl> impl_;
};

} // namespace callboard
