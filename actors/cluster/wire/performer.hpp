#pragma once

#include "actors/handler/job_call.hpp"

#include <cstdint>
#include <string>
#include <vector>

/// What a performer and a full node say to each other. A performer offers slots
/// to every node that it is linked to; the node sends jobs, and every job has
/// exactly one end: an answer, a refusal (busy), or the end of the link.
namespace callboard::wire {

/// A queue that a performer works on.
struct offered_queue_v1 {
  std::string queue;
  /// Of jobs; empty: every type.
  std::vector<std::string> types;
  /// How many jobs of this queue the node may have there at once, those that
  /// run included.
  std::uint32_t slots = 0;
};

/// All that the performer offers to this node from now on.
struct offer_v1 {
  std::vector<offered_queue_v1> queues;
};

/// Perform this. The number is the node's choice.
struct perform_v1 {
  std::uint64_t call = 0;
  job_call job;
};

/// The performer has done so.
struct answer_v1 {
  std::uint64_t call = 0;
  job_answer answer;
};

/// It has not begun, and won't: no slot is free any more, or it is leaving.
struct busy_v1 {
  std::uint64_t call = 0;
};

/// The job should end soon; it is still answered. `reason` is a `stop_reason`.
struct stop_v1 {
  std::uint64_t call = 0;
  std::uint8_t reason = 0;
};

template <class Inspector>
auto inspect(Inspector& f, offered_queue_v1& x) {
  return f(x.queue, x.types, x.slots);
}

template <class Inspector>
auto inspect(Inspector& f, offer_v1& x) {
  return f(x.queues);
}

template <class Inspector>
auto inspect(Inspector& f, perform_v1& x) {
  return f(x.call, x.job);
}

template <class Inspector>
auto inspect(Inspector& f, answer_v1& x) {
  return f(x.call, x.answer);
}

template <class Inspector>
auto inspect(Inspector& f, busy_v1& x) {
  return f(x.call);
}

template <class Inspector>
auto inspect(Inspector& f, stop_v1& x) {
  return f(x.call, x.reason);
}

} // namespace callboard::wire
