#pragma once

#include "store/model/lease.hpp"
#include "store/model/outcome.hpp"

#include <cstdint>
#include <string>

/// What a slot and a handler actor say to each other. These structs may cross
/// processes: never change a published one, add another with the next number.
namespace callboard {

/// Asks a handler actor to perform a job.
struct job_call {
  std::uint16_t version = 1;
  std::string id;
  std::string queue;
  std::string type;
  std::string arg;
  std::string request_id;
  std::string last_error;
  std::int32_t attempt = 0;
  /// Grows with every lease in the whole database.
  std::int64_t fence = 0;
  /// The actor should answer within so many microseconds; 0: no timeout.
  std::int64_t timeout_us = 0;
  /// The job's own number of attempts; 0: its type's.
  std::int32_t max_attempts = 0;
};

/// Tells a handler actor that a job which it performs should end soon. It still
/// answers the call.
struct job_stop {
  std::uint16_t version = 1;
  std::string id;
  std::int64_t fence = 0;
  /// A `stop_reason`.
  std::uint8_t reason = 0;
};

/// What came of it: an `outcome` in a form that crosses processes.
struct job_answer {
  enum kind : std::uint8_t {
    completed,
    retried,
    failed,
    dead,
    rescheduled,
    rescheduled_by_cron,
    /// It was not begun: it goes back to the queue as if it had not been
    /// leased, and is due again after `after_us`.
    declined,
  };

  std::uint16_t version = 1;
  std::uint8_t result = completed;
  /// Of retried, rescheduled and declined.
  std::int64_t after_us = 0;
  /// Of retried, failed and dead.
  std::string error;
  std::string cron_expression;
  std::string cron_zone;
  bool has_arg = false;
  /// The new arg of rescheduled.
  std::string arg;
};

/// For handler actors: `return callboard::answer(callboard::complete());`
job_answer answer(const outcome& what);

/// An actor can't take the job now: another attempt, that does not count, after
/// `wait`.
job_answer decline(duration wait = duration{0});

/// The way back. An answer that no outcome could have made is `failed`.
outcome to_outcome(const job_answer& what);

job_call make_job_call(const leased_job& work, duration timeout);

template <class Inspector>
auto inspect(Inspector& f, job_call& x) {
  return f(x.version, x.id, x.queue, x.type, x.arg, x.request_id, x.last_error,
           x.attempt, x.fence, x.timeout_us, x.max_attempts);
}

template <class Inspector>
auto inspect(Inspector& f, job_stop& x) {
  return f(x.version, x.id, x.fence, x.reason);
}

template <class Inspector>
auto inspect(Inspector& f, job_answer& x) {
  return f(x.version, x.result, x.after_us, x.error, x.cron_expression,
           x.cron_zone, x.has_arg, x.arg);
}

} // namespace callboard
