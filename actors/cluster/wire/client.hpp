#pragma once

#include <cstdint>
#include <string>
#include <vector>

/// What a remote client and a gateway say to each other. Every call has a
/// number of the client's own choice, and exactly one answer with that number,
/// unless the link ends before.
namespace callboard::wire {

/// A job to enqueue. Times cross as durations: the database's clock counts.
struct new_job_v1 {
  std::string queue;
  std::string type;
  std::string arg;
  /// Empty: the gateway draws one.
  std::string id;
  std::string request_id;
  std::int64_t delay_us = 0;
  bool has_run_at = false;
  /// Microseconds since 1970, instead of the delay.
  std::int64_t run_at_us = 0;
  std::int32_t priority = 0;
  std::int32_t max_attempts = 0;
  std::int64_t timeout_us = 0;
};

/// Stores all or none; answered by `enqueued_v1` after the commit.
struct enqueue_v1 {
  std::uint64_t call = 0;
  std::vector<new_job_v1> jobs;
};

/// `code` is an `errc`, 0 when it worked.
struct enqueued_v1 {
  std::uint64_t call = 0;
  std::uint8_t code = 0;
  std::string message;
  std::vector<std::string> ids;
};

/// Answered by `cancelled_v1`, one answer (a `cancel_answer`) for each id.
struct cancel_v1 {
  std::uint64_t call = 0;
  std::vector<std::string> ids;
};

struct cancelled_v1 {
  std::uint64_t call = 0;
  std::uint8_t code = 0;
  std::string message;
  std::vector<std::uint8_t> answers;
};

/// Asks for the counts of the queues; answered by `status_answer_v1`.
struct status_v1 {
  std::uint64_t call = 0;
};

/// A negative count is "at least" its opposite.
struct queue_counts_v1 {
  std::string queue;
  std::int64_t waiting = 0;
  std::int64_t delayed = 0;
  std::int64_t running = 0;
  std::int64_t suspect = 0;
  std::int64_t dead = 0;
  /// Of the oldest due job; negative: none is due.
  std::int64_t oldest_due_us = -1;
};

struct status_answer_v1 {
  std::uint64_t call = 0;
  std::uint8_t code = 0;
  std::string message;
  std::vector<queue_counts_v1> queues;
};

template <class Inspector>
auto inspect(Inspector& f, new_job_v1& x) {
  return f(x.queue, x.type, x.arg, x.id, x.request_id, x.delay_us, x.has_run_at,
           x.run_at_us, x.priority, x.max_attempts, x.timeout_us);
}

template <class Inspector>
auto inspect(Inspector& f, enqueue_v1& x) {
  return f(x.call, x.jobs);
}

template <class Inspector>
auto inspect(Inspector& f, enqueued_v1& x) {
  return f(x.call, x.code, x.message, x.ids);
}

template <class Inspector>
auto inspect(Inspector& f, cancel_v1& x) {
  return f(x.call, x.ids);
}

template <class Inspector>
auto inspect(Inspector& f, cancelled_v1& x) {
  return f(x.call, x.code, x.message, x.answers);
}

template <class Inspector>
auto inspect(Inspector& f, status_v1& x) {
  return f(x.call);
}

template <class Inspector>
auto inspect(Inspector& f, queue_counts_v1& x) {
  return f(x.queue, x.waiting, x.delayed, x.running, x.suspect, x.dead,
           x.oldest_due_us);
}

template <class Inspector>
auto inspect(Inspector& f, status_answer_v1& x) {
  return f(x.call, x.code, x.message, x.queues);
}

} // namespace callboard::wire
