#pragma once

#include "store/model/time.hpp"

#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace callboard {

/// A moment given by a cron expression; see `store/schedule/cron.hpp`.
struct cron_schedule {
  std::string expression;
  /// An IANA time zone, such as "Europe/Berlin".
  std::string zone = "UTC";

  friend bool operator==(const cron_schedule&, const cron_schedule&) = default;
};

/// When a rescheduled job runs again: after a delay or at the next cron time,
/// both counted by the database's clock from the moment of the settle.
using next_run = std::variant<duration, cron_schedule>;

/// The job is done and goes.
struct completed {
  friend bool operator==(const completed&, const completed&) = default;
};

/// Try again `after` a delay; consumes the attempt and keeps the error.
struct retried {
  duration after{0};
  std::string error;

  friend bool operator==(const retried&, const retried&) = default;
};

/// It failed: the retry policy of its type decides between `retried` and
/// `dead`. The store never sees this one.
struct failed {
  std::string error;

  friend bool operator==(const failed&, const failed&) = default;
};

/// It will not be tried again unless someone says so.
struct dead {
  std::string error;

  friend bool operator==(const dead&, const dead&) = default;
};

/// Not an error: run again later, as a job that has had no attempt yet. A new
/// arg replaces the old one.
struct rescheduled {
  next_run next;
  std::optional<std::string> arg;

  friend bool operator==(const rescheduled&, const rescheduled&) = default;
};

/// What a handler answers.
using outcome = std::variant<completed, retried, failed, dead, rescheduled>;

inline outcome complete() {
  return completed{};
}

/// Runs again after `after` (0: at once).
inline outcome retry(duration after, std::string error) {
  return retried{after, std::move(error)};
}

/// Leaves the decision to the retry policy.
inline outcome fail(std::string error) {
  return failed{std::move(error)};
}

inline outcome move_to_dlq(std::string error) {
  return dead{std::move(error)};
}

/// The new arg of a rescheduled job.
struct with_arg {
  explicit with_arg(std::string bytes) : value{std::move(bytes)} {}

  std::string value;
};

inline next_run by_after(duration after) {
  return after;
}

/// The next time of `expression` in `zone`. Throws `failure` with
/// `invalid_schedule` when it is no cron expression or the zone is unknown.
/// Defined in store/schedule/cron.cpp.
next_run by_cron(std::string expression, std::string zone = "UTC");

inline outcome reschedule(next_run next) {
  return rescheduled{std::move(next), std::nullopt};
}

inline outcome reschedule(next_run next, with_arg arg) {
  return rescheduled{std::move(next), std::move(arg.value)};
}

} // namespace callboard
