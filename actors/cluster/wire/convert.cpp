#include "actors/cluster/wire/convert.hpp"

#include <limits>
#include <utility>

namespace callboard::wire {

namespace {

std::int64_t to_wire(const capped_count& x) {
  return x.at_least ? -x.value : x.value;
}

capped_count count(std::int64_t x) {
  return x < 0 ? capped_count{-x, true} : capped_count{x, false};
}

} // namespace

new_job_v1 to_wire(new_job x) {
  new_job_v1 y;
  y.queue = std::move(x.queue);
  y.type = std::move(x.type);
  y.arg = std::move(x.arg);
  y.id = std::move(x.id);
  y.request_id = std::move(x.request_id);
  y.delay_us = x.delay.count();
  y.has_run_at = x.run_at.has_value();
  if (x.run_at)
    y.run_at_us = x.run_at->time_since_epoch().count();
  y.priority = x.priority;
  y.max_attempts = x.max_attempts;
  y.timeout_us = x.timeout.count();
  return y;
}

result<new_job> from_wire(new_job_v1 x) {
  using priority = std::numeric_limits<decltype(new_job::priority)>;
  if (x.priority < priority::min() || x.priority > priority::max())
    return error{errc::invalid_job,
                 "priority must be from " + std::to_string(priority::min())
                     + " to " + std::to_string(priority::max())};
  new_job y;
  y.queue = std::move(x.queue);
  y.type = std::move(x.type);
  y.arg = std::move(x.arg);
  y.id = std::move(x.id);
  y.request_id = std::move(x.request_id);
  y.delay = duration{x.delay_us};
  if (x.has_run_at)
    y.run_at = time_point{duration{x.run_at_us}};
  y.priority = static_cast<decltype(new_job::priority)>(x.priority);
  y.max_attempts = x.max_attempts;
  y.timeout = duration{x.timeout_us};
  return y;
}

queue_counts_v1 to_wire(const queue_counts& x) {
  return {x.queue,
          to_wire(x.waiting),
          to_wire(x.delayed),
          to_wire(x.running),
          to_wire(x.suspect),
          to_wire(x.dead),
          x.oldest_due ? x.oldest_due->count() : -1};
}

queue_counts from_wire(const queue_counts_v1& x) {
  queue_counts y;
  y.queue = x.queue;
  y.waiting = count(x.waiting);
  y.delayed = count(x.delayed);
  y.running = count(x.running);
  y.suspect = count(x.suspect);
  y.dead = count(x.dead);
  if (x.oldest_due_us >= 0)
    y.oldest_due = duration{x.oldest_due_us};
  return y;
}

error to_error(std::uint8_t code, std::string message) {
  auto known = code >= static_cast<std::uint8_t>(errc::invalid_job)
               && code <= static_cast<std::uint8_t>(errc::internal);
  return {known ? static_cast<errc>(code) : errc::internal, std::move(message)};
}

cancel_answer to_cancel_answer(std::uint8_t x) {
  return x <= static_cast<std::uint8_t>(cancel_answer::unknown)
             ? static_cast<cancel_answer>(x)
             : cancel_answer::unknown;
}

} // namespace callboard::wire
