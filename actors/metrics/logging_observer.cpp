#include "actors/metrics/logging_observer.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <utility>

namespace callboard {

namespace {

// "0.25", "12": as short as it can be said exactly.
std::string seconds(duration span) {
  std::array<char, 32> text{};
  auto end = std::to_chars(text.data(), text.data() + text.size(),
                           std::chrono::duration<double>{span}.count())
                 .ptr;
  return {text.data(), end};
}

std::string when(const next_run& next) {
  if (const auto* after = std::get_if<duration>(&next))
    return "in " + seconds(*after) + " s";
  const auto& cron = std::get<cron_schedule>(next);
  return "at '" + cron.expression + "' " + cron.zone;
}

class logging_observer final : public observer {
public:
  explicit logging_observer(log_sink log) : log_{std::move(log)} {}

  void job_started(const job_facts& job) override {
    say(log_level::debug, "job started", of(job));
  }

  void job_completed(const job_facts& job, duration took) override {
    say(log_level::info, "job completed", of(job, took));
  }

  void job_rescheduled(const job_facts& job, duration took,
                       const next_run& next) override {
    auto fields = of(job, took);
    fields.emplace_back("next", when(next));
    say(log_level::info, "job rescheduled", std::move(fields));
  }

  void job_will_be_retried(const job_facts& job, duration took, duration after,
                           const std::string& error) override {
    auto fields = of(job, took);
    fields.emplace_back("after", seconds(after));
    fields.emplace_back("error", error);
    say(log_level::warning, "job will be retried", std::move(fields));
  }

  void job_moved_to_dlq(const job_facts& job, duration took,
                        const std::string& error) override {
    auto fields = of(job, took);
    fields.emplace_back("error", error);
    say(log_level::error, "job moved to the dead letters", std::move(fields));
  }

  void queue_is_empty(const std::string& queue) override {
    say(log_level::debug, "queue is empty", {{"queue", queue}});
  }

  void worker_error(const std::string& queue, const error& what) override {
    fields_type fields;
    if (!queue.empty())
      fields.emplace_back("queue", queue);
    fields.emplace_back("error", to_string(what));
    say(log_level::error, "worker error", std::move(fields));
  }

  void outcome_fenced(const job_facts& job) override {
    say(log_level::warning, "late outcome refused: the lease is another's",
        of(job));
  }

  void handler_hung(const job_facts& job, duration ran) override {
    auto fields = of(job);
    fields.emplace_back("ran", seconds(ran));
    say(log_level::error, "handler did not stop: it was given up",
        std::move(fields));
  }

  void jobs_reclaimed(std::size_t count, const std::string& nodes) override {
    say(log_level::warning, "jobs of dead nodes freed",
        {{"count", std::to_string(count)}, {"nodes", nodes}});
  }

private:
  using fields_type = decltype(log_record::fields);

  static fields_type of(const job_facts& job) {
    return {{"queue", job.queue},
            {"type", job.type},
            {"job_id", job.id},
            {"request_id", job.request_id},
            {"attempt", std::to_string(job.attempt)},
            {"fence", std::to_string(job.fence)}};
  }

  static fields_type of(const job_facts& job, duration took) {
    auto fields = of(job);
    fields.emplace_back("took", seconds(took));
    return fields;
  }

  void say(log_level level, std::string message, fields_type fields) const {
    if (log_)
      log_({level, std::move(message), std::move(fields)});
  }

  log_sink log_;
};

} // namespace

observer_ptr make_logging_observer(log_sink log) {
  return std::make_shared<logging_observer>(std::move(log));
}

} // namespace callboard
