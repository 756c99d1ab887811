#pragma once

#include "store/model/error.hpp"
#include "store/model/time.hpp"

#include <cstdint>

namespace callboard {

/// How long to wait before the next attempt.
struct backoff {
  enum class kind : std::uint8_t {
    /// Always `first`.
    fixed,
    /// `first`, 2 `first`, 3 `first`, ...
    linear,
    /// `first`, 2 `first`, 4 `first`, 8 `first`, ...
    exponential,
  };

  kind shape = kind::exponential;
  duration first = std::chrono::seconds{1};
  /// No delay is longer, jitter included.
  duration limit = std::chrono::minutes{10};
  /// A share of the delay, 0 to 1, that is drawn at random and taken off, so
  /// that jobs that failed together do not come back together.
  double jitter = 0.1;

  /// The delay after attempt `attempt` (from 1) failed. `draw` is a random
  /// number in [0, 1); the result is in [(1 - jitter) * d, d]. Never overflows.
  [[nodiscard]] duration after(std::int32_t attempt, double draw) const;

  /// `invalid_config` for a negative or zero `first` with a growing shape, a
  /// `limit` under `first`, or a jitter outside 0 to 1.
  [[nodiscard]] result<void> validate() const;
};

/// What happens to a job that failed.
struct retry_policy {
  /// So many attempts, then the dead letters; 0: no end. A job's own
  /// `max_attempts` wins when it is not 0.
  std::int32_t max_attempts = 25;
  backoff wait{};

  [[nodiscard]] result<void> validate() const;
};

} // namespace callboard
