#pragma once

#include "actors/pipeline/observer.hpp"
#include "store/model/lease.hpp"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace callboard {

/// What happened, on its way to the metrics actor; one kind per function of
/// `observer`, and `leased` for the counters. docs/events.md lists them.
namespace event {

struct leased {
  std::string queue;
  std::size_t count = 0;
};

struct started {
  job_facts facts;
};

/// The database accepted the outcome.
struct settled {
  job_facts facts;
  duration took{0};
  std::variant<completed, retried, dead, rescheduled> action;
};

struct fenced {
  job_facts facts;
};

/// A handler was given up, since it did not stop after its timeout.
struct hung {
  job_facts facts;
  duration ran{0};
};

struct queue_empty {
  std::string queue;
};

struct worker_failed {
  std::string queue;
  error what;
};

struct reclaimed {
  std::size_t count = 0;
  std::string nodes;
};

} // namespace event

using job_event = std::variant<event::leased, event::started, event::settled,
                               event::fenced, event::hung, event::queue_empty,
                               event::worker_failed, event::reclaimed>;

/// Calls the function of `to` that belongs to the event.
void tell(observer& to, const job_event& what);

} // namespace callboard
