#include "actors/metrics/prometheus.hpp"

#include "actors/metrics/counters.hpp"

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <limits>
#include <sstream>
#include <utility>

namespace callboard {

namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using labels = std::vector<ClientMetric::Label>;

// A number of each (queue, type).
struct type_counter {
  const char* name;
  const char* help;
  std::uint64_t type_metrics::*value;
};

constexpr auto type_counters = std::to_array<type_counter>(
    {{"callboard_jobs_started_total", "Handlers called",
      &type_metrics::started},
     {"callboard_jobs_completed_total", "Jobs completed",
      &type_metrics::completed},
     {"callboard_jobs_retried_total", "Failed attempts that will be retried",
      &type_metrics::retried},
     {"callboard_jobs_rescheduled_total", "Jobs rescheduled",
      &type_metrics::rescheduled},
     {"callboard_jobs_dead_lettered_total", "Jobs moved to the dead letters",
      &type_metrics::dead},
     {"callboard_jobs_fenced_total",
      "Late outcomes refused because the lease was another's",
      &type_metrics::fenced},
     {"callboard_handlers_hung_total",
      "Handlers given up because they did not stop after their timeout",
      &type_metrics::hung}});

// A number of each queue.
struct queue_number {
  const char* name;
  const char* help;
  MetricType type;
  double (*value)(const queue_metrics&);
  // Which queues have it.
  bool (*told)(const queue_metrics&);
};

template <auto Member>
double number(const queue_metrics& of) {
  return static_cast<double>(of.*Member);
}

bool always(const queue_metrics&) {
  return true;
}

bool if_own(const queue_metrics& of) {
  return of.own();
}

// Handlers may hang for long after their queue was taken away.
bool if_own_or_hung(const queue_metrics& of) {
  return of.own() || of.hung > 0;
}

constexpr auto queue_numbers = std::to_array<queue_number>(
    {{"callboard_jobs_leased_total", "Jobs leased by this node",
      MetricType::Counter, number<&queue_metrics::leased>, always},
     {"callboard_empty_polls_total", "Polls that found nothing due",
      MetricType::Counter, number<&queue_metrics::empty_polls>, always},
     {"callboard_worker_errors_total",
      "Failures outside of handlers: the database, a slot, a poller",
      MetricType::Counter, number<&queue_metrics::worker_errors>, always},
     {"callboard_jobs_running", "Jobs that run on this node", MetricType::Gauge,
      number<&queue_metrics::running>, if_own},
     {"callboard_concurrency", "Jobs that may run at once on this node",
      MetricType::Gauge, number<&queue_metrics::concurrency>, if_own},
     {"callboard_slots_hung", "Handlers that were given up and still run",
      MetricType::Gauge, number<&queue_metrics::hung>, if_own_or_hung},
     {"callboard_jobs_waiting", "Due jobs in the database, up to a cap",
      MetricType::Gauge, number<&queue_metrics::waiting>, always},
     {"callboard_oldest_due_age_seconds",
      "How long the oldest due job has been waiting", MetricType::Gauge,
      number<&queue_metrics::oldest_due_seconds>, always}});

ClientMetric value_of(MetricType type, labels of, double value) {
  ClientMetric metric;
  metric.label = std::move(of);
  if (type == MetricType::Counter)
    metric.counter.value = value;
  else
    metric.gauge.value = value;
  return metric;
}

ClientMetric histogram_of(labels of, const type_metrics& numbers) {
  ClientMetric metric;
  metric.label = std::move(of);
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < numbers.histogram.size(); ++i) {
    sum += numbers.histogram[i];
    auto bound = i < duration_buckets.size()
                     ? duration_buckets[i]
                     : std::numeric_limits<double>::infinity();
    metric.histogram.bucket.push_back({sum, bound});
  }
  metric.histogram.sample_count = sum;
  metric.histogram.sample_sum = numbers.seconds;
  return metric;
}

labels labels_of(const std::pair<std::string, std::string>& queue_and_type) {
  return {{"queue", queue_and_type.first}, {"type", queue_and_type.second}};
}

std::vector<MetricFamily> collect(const metrics_snapshot& now) {
  std::vector<MetricFamily> families;
  MetricFamily durations{"callboard_job_execution_duration_seconds",
                         "How long handlers ran",
                         MetricType::Histogram,
                         {}};
  for (const auto& [name, numbers] : now.types)
    durations.metric.push_back(histogram_of(labels_of(name), numbers));
  families.push_back(std::move(durations));
  for (const auto& counter : type_counters) {
    MetricFamily family{counter.name, counter.help, MetricType::Counter, {}};
    for (const auto& [name, numbers] : now.types)
      family.metric.push_back(
          value_of(MetricType::Counter, labels_of(name),
                   static_cast<double>(numbers.*counter.value)));
    families.push_back(std::move(family));
  }
  for (const auto& kind : queue_numbers) {
    MetricFamily family{kind.name, kind.help, kind.type, {}};
    for (const auto& [queue, numbers] : now.queues)
      if (kind.told(numbers))
        family.metric.push_back(
            value_of(kind.type, {{"queue", queue}}, kind.value(numbers)));
    families.push_back(std::move(family));
  }
  auto one = [&](const char* name, const char* help, double value) {
    MetricFamily family{name, help, MetricType::Counter, {}};
    family.metric.push_back(value_of(MetricType::Counter, {}, value));
    families.push_back(std::move(family));
  };
  MetricFamily links{"callboard_database_link_up",
                     "Whether this tie of the node to its database works",
                     MetricType::Gauge,
                     {}};
  for (const auto& link : now.database.links)
    links.metric.push_back(value_of(
        MetricType::Gauge, {{"link", std::string{to_string(link.which)}}},
        link.up ? 1 : 0));
  families.push_back(std::move(links));
  one("callboard_database_outages_total",
      "How often this node could not lease or settle",
      static_cast<double>(now.database.outages));
  one("callboard_database_outage_seconds_total",
      "How long this node could not lease or settle",
      std::chrono::duration<double>(now.database.away).count());
  MetricFamily reclaimed{"callboard_jobs_reclaimed_total",
                         "Jobs of dead nodes freed by this node",
                         MetricType::Counter,
                         {}};
  reclaimed.metric.push_back(
      value_of(MetricType::Counter, {}, static_cast<double>(now.reclaimed)));
  families.push_back(std::move(reclaimed));
  return families;
}

class metrics_collectable final : public prometheus::Collectable {
public:
  explicit metrics_collectable(std::shared_ptr<const metrics_source> source)
      : source_{std::move(source)} {}

  std::vector<MetricFamily> Collect() const override {
    return collect(source_->snapshot());
  }

private:
  std::shared_ptr<const metrics_source> source_;
};

} // namespace

std::shared_ptr<prometheus::Collectable>
make_collectable(std::shared_ptr<const metrics_source> source) {
  return std::make_shared<metrics_collectable>(std::move(source));
}

std::string prometheus_text(const metrics_source& source) {
  std::ostringstream text;
  prometheus::TextSerializer{}.Serialize(text, collect(source.snapshot()));
  return std::move(text).str();
}

} // namespace callboard
