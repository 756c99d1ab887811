#pragma once

#include "store/model/error.hpp"
#include "store/model/job.hpp"
#include "store/model/outcome.hpp"
#include "store/model/time.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace callboard {

/// What observers learn of the job. The arg is left out.
struct job_facts {
  std::string id;
  std::string queue;
  std::string type;
  std::string request_id;
  std::int32_t attempt = 0;
  std::int64_t fence = 0;
};

/// Gets told what happens to jobs and workers. Override what interests you.
/// All calls come from one thread (the metrics actor's), in the order in which
/// things happened to a job; they may block, and then delay other observers
/// but no job. An exception is logged and dropped. The outcome events come
/// after the database has accepted the outcome.
class observer {
public:
  virtual ~observer() = default;

  /// A handler is called.
  virtual void job_started(const job_facts&) {}
  virtual void job_completed(const job_facts&, duration /*took*/) {}
  virtual void job_rescheduled(const job_facts&, duration /*took*/,
                               const next_run&) {}
  virtual void job_will_be_retried(const job_facts&, duration /*took*/,
                                   duration /*after*/,
                                   const std::string& /*error*/) {}
  virtual void job_moved_to_dlq(const job_facts&, duration /*took*/,
                                const std::string& /*error*/) {}
  /// A poll of the queue found nothing due.
  virtual void queue_is_empty(const std::string& /*queue*/) {}
  /// Something other than a handler failed: the database, a slot, a poller.
  /// The queue is empty when it concerns the node.
  virtual void worker_error(const std::string& /*queue*/, const error&) {}
  /// A late outcome was refused, because the lease was another's by then.
  virtual void outcome_fenced(const job_facts&) {}
  /// A handler did not stop after its timeout and the grace: its job is being
  /// settled without it, and another slot works in place of its own.
  virtual void handler_hung(const job_facts&, duration /*ran*/) {}
  /// Jobs of dead nodes were freed by this node.
  virtual void jobs_reclaimed(std::size_t /*count*/,
                              const std::string& /*dead nodes*/) {}
};

using observer_ptr = std::shared_ptr<observer>;

} // namespace callboard
