#include "actors/metrics/counters.hpp"

#include <algorithm>
#include <chrono>

namespace callboard {

namespace {

void observe(type_metrics& of, duration took) {
  // Nothing ran: an unknown type, or attempts that were used up.
  if (took <= duration::zero())
    return;
  auto seconds = std::chrono::duration<double>{took}.count();
  of.seconds += seconds;
  auto bucket = std::lower_bound(duration_buckets.begin(),
                                 duration_buckets.end(), seconds);
  ++of.histogram[static_cast<std::size_t>(bucket - duration_buckets.begin())];
}

void tally(type_metrics& of, const completed&) {
  ++of.completed;
}

void tally(type_metrics& of, const retried&) {
  ++of.retried;
}

void tally(type_metrics& of, const dead&) {
  ++of.dead;
}

void tally(type_metrics& of, const rescheduled&) {
  ++of.rescheduled;
}

type_metrics& find_or_add(metrics_snapshot& in, const job_facts& facts) {
  using key = std::pair<std::string_view, std::string_view>;
  if (auto i = in.types.find(key{facts.queue, facts.type}); i != in.types.end())
    return i->second;
  if (in.types.size() < counters::max_series)
    return in.types[{facts.queue, facts.type}];
  return in.types[{std::string{counters::other}, std::string{counters::other}}];
}

queue_metrics& find_or_add(metrics_snapshot& in, const std::string& queue) {
  if (auto i = in.queues.find(queue); i != in.queues.end())
    return i->second;
  if (in.queues.size() < counters::max_series)
    return in.queues[queue];
  return in.queues[std::string{counters::other}];
}

// Adds one event to the numbers.
struct adder {
  metrics_snapshot& to;

  void operator()(const event::leased& x) const {
    find_or_add(to, x.queue).leased += x.count;
  }

  void operator()(const event::started& x) const {
    ++find_or_add(to, x.facts).started;
  }

  void operator()(const event::settled& x) const {
    auto& of = find_or_add(to, x.facts);
    std::visit([&](const auto& action) { tally(of, action); }, x.action);
    observe(of, x.took);
  }

  void operator()(const event::fenced& x) const {
    ++find_or_add(to, x.facts).fenced;
  }

  void operator()(const event::hung& x) const {
    ++find_or_add(to, x.facts).hung;
  }

  void operator()(const event::queue_empty& x) const {
    ++find_or_add(to, x.queue).empty_polls;
  }

  void operator()(const event::worker_failed& x) const {
    ++find_or_add(to, x.queue).worker_errors;
  }

  void operator()(const event::reclaimed& x) const { to.reclaimed += x.count; }
};

} // namespace

void counters::count(const job_event& what) {
  std::lock_guard guard{mutex_};
  std::visit(adder{now_}, what);
}

void counters::count_all(std::span<const job_event> events) {
  std::lock_guard guard{mutex_};
  for (const auto& what : events)
    std::visit(adder{now_}, what);
}

void counters::serve(const std::string& queue) {
  std::lock_guard guard{mutex_};
  find_or_add(now_, queue).served = true;
}

void counters::leave(const std::string& queue) {
  std::lock_guard guard{mutex_};
  auto& of = find_or_add(now_, queue);
  of.served = false;
  of.concurrency = 0;
}

void counters::gauge(const std::string& queue, std::int64_t running,
                     std::int64_t concurrency) {
  std::lock_guard guard{mutex_};
  auto& of = find_or_add(now_, queue);
  of.running = running;
  of.concurrency = concurrency;
}

void counters::hung(const std::string& queue, std::size_t count) {
  std::lock_guard guard{mutex_};
  find_or_add(now_, queue).hung = static_cast<std::int64_t>(count);
}

void counters::backlog(const std::vector<queue_counts>& queues) {
  std::lock_guard guard{mutex_};
  // The database leaves out queues without jobs.
  for (auto& [queue, of] : now_.queues) {
    of.waiting = 0;
    of.oldest_due_seconds = 0;
  }
  for (const auto& counts : queues) {
    auto& of = find_or_add(now_, counts.queue);
    of.waiting += counts.waiting.value;
    auto oldest = counts.oldest_due.value_or(duration::zero());
    of.oldest_due_seconds = std::max(
        of.oldest_due_seconds, std::chrono::duration<double>{oldest}.count());
  }
}

metrics_snapshot counters::snapshot() const {
  std::lock_guard guard{mutex_};
  return now_;
}

node_counters counters::totals() const {
  node_counters sum;
  std::lock_guard guard{mutex_};
  sum.reclaimed = now_.reclaimed;
  for (const auto& [name, of] : now_.types) {
    sum.completed += of.completed;
    sum.retried += of.retried;
    sum.rescheduled += of.rescheduled;
    sum.dead += of.dead;
    sum.fenced += of.fenced;
  }
  for (const auto& [name, of] : now_.queues) {
    sum.leased += of.leased;
    sum.worker_errors += of.worker_errors;
    sum.running
        += static_cast<std::uint64_t>(std::max<std::int64_t>(of.running, 0));
    sum.hung += static_cast<std::uint64_t>(of.hung);
  }
  return sum;
}

} // namespace callboard
