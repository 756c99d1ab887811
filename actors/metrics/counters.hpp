#pragma once

#include "actors/client/client.hpp"
#include "actors/metrics/job_event.hpp"
#include "actors/metrics/links.hpp"
#include "store/model/status.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace callboard {

/// The upper bounds of the duration histogram, in seconds.
inline constexpr auto duration_buckets = std::to_array<double>(
    {0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60, 300});

/// Numbers of one queue and type since the start of the node.
struct type_metrics {
  std::uint64_t started = 0;
  std::uint64_t completed = 0;
  std::uint64_t retried = 0;
  std::uint64_t rescheduled = 0;
  std::uint64_t dead = 0;
  std::uint64_t fenced = 0;
  std::uint64_t hung = 0;
  double seconds = 0;
  /// One more than there are bounds: the last is everything above.
  std::array<std::uint64_t, duration_buckets.size() + 1> histogram{};
};

/// Numbers of one queue.
struct queue_metrics {
  std::uint64_t leased = 0;
  std::uint64_t empty_polls = 0;
  std::uint64_t worker_errors = 0;
  /// The node works on it. The others had workers here once, or have jobs in
  /// the database.
  bool served = false;
  /// Gauges, told by the poller and the store.
  std::int64_t running = 0;
  std::int64_t concurrency = 0;
  std::int64_t hung = 0;
  std::int64_t waiting = 0;
  double oldest_due_seconds = 0;

  /// Whether the node has figures to tell of it: also of a queue that was taken
  /// away, as long as a job of it runs.
  bool own() const noexcept { return served || running > 0; }
};

/// Orders (queue, type) so that views find strings: an event finds its numbers
/// without making a key.
struct by_queue_and_type {
  using is_transparent = void;

  template <class A, class B>
  bool operator()(const A& a, const B& b) const noexcept {
    auto order = std::string_view{a.first}.compare(b.first);
    return order != 0 ? order < 0
                      : std::string_view{a.second} < std::string_view{b.second};
  }
};

/// All numbers of a node at one moment.
struct metrics_snapshot {
  std::map<std::pair<std::string, std::string>, type_metrics, by_queue_and_type>
      types;
  std::map<std::string, queue_metrics, std::less<>> queues;
  std::uint64_t reclaimed = 0;
  link_report database;
};

/// Gives the numbers. Thread-safe.
class metrics_source {
public:
  virtual ~metrics_source() = default;
  virtual metrics_snapshot snapshot() const = 0;
};

/// Counts events. Written by the metrics actor, read by anyone. Thread-safe.
class counters : public metrics_source {
public:
  /// So many queues and types have numbers of their own; since those who
  /// enqueue choose the names, the rest are counted together, as `other`.
  static constexpr std::size_t max_series = 10'000;
  static constexpr std::string_view other = "(other)";

  void count(const job_event& what);

  /// The same for a batch, under one lock.
  void count_all(std::span<const job_event> events);

  /// The node works on a queue from now on.
  void serve(const std::string& queue);

  /// It does so no more; jobs of it may still run.
  void leave(const std::string& queue);

  /// Running and concurrency of a queue on this node.
  void gauge(const std::string& queue, std::int64_t running,
             std::int64_t concurrency);

  /// Handlers of a queue that were given up and still run.
  void hung(const std::string& queue, std::size_t count);

  /// Waiting jobs and the age of the oldest, from the database. Queues that
  /// are not named have none.
  void backlog(const std::vector<queue_counts>& queues);

  metrics_snapshot snapshot() const override;

  /// The sum over all queues.
  node_counters totals() const;

private:
  mutable std::mutex mutex_;
  metrics_snapshot now_;
};

} // namespace callboard
