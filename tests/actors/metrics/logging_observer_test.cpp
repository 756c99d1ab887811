#include "actors/metrics/logging_observer.hpp"

#include <catch2/catch.hpp>

using namespace callboard;
using namespace std::chrono_literals;

namespace {

// An observer whose lines are kept.
struct kept_log {
  std::vector<log_record> lines;
  observer_ptr observer = make_logging_observer(
      [this](const log_record& x) { lines.push_back(x); });

  std::string field(std::string_view name) const {
    for (const auto& [key, value] : lines.at(0).fields)
      if (key == name)
        return value;
    return "(none)";
  }

  log_level level() const { return lines.at(0).level; }
};

const job_facts facts{.id = "j1",
                      .queue = "mail",
                      .type = "welcome",
                      .request_id = "r1",
                      .attempt = 2,
                      .fence = 7};

} // namespace

TEST_CASE("a line about a job carries who it is") {
  kept_log log;
  log.observer->job_started(facts);
  REQUIRE(log.lines.size() == 1);
  CHECK(log.level() == log_level::debug);
  CHECK(log.lines[0].message == "job started");
  CHECK(log.field("queue") == "mail");
  CHECK(log.field("type") == "welcome");
  CHECK(log.field("job_id") == "j1");
  CHECK(log.field("request_id") == "r1");
  CHECK(log.field("attempt") == "2");
  CHECK(log.field("fence") == "7");
}

TEST_CASE("a completed job is logged as info with its duration") {
  kept_log log;
  log.observer->job_completed(facts, 1250ms);
  CHECK(log.level() == log_level::info);
  CHECK(log.field("took") == "1.25");
}

TEST_CASE("a rescheduled job is logged as info with its next time") {
  kept_log after;
  after.observer->job_rescheduled(facts, 1ms, by_after(90s));
  CHECK(after.level() == log_level::info);
  CHECK(after.field("next") == "in 90 s");
  kept_log cron;
  cron.observer->job_rescheduled(facts, 1ms,
                                 cron_schedule{"0 3 * * *", "Europe/Berlin"});
  CHECK(cron.field("next") == "at '0 3 * * *' Europe/Berlin");
}

TEST_CASE("a retry is logged as warning with its error") {
  kept_log log;
  log.observer->job_will_be_retried(facts, 1ms, 10s, "no net");
  CHECK(log.level() == log_level::warning);
  CHECK(log.field("after") == "10");
  CHECK(log.field("error") == "no net");
}

TEST_CASE("a dead letter is logged as error") {
  kept_log log;
  log.observer->job_moved_to_dlq(facts, 1ms, "broken");
  CHECK(log.level() == log_level::error);
  CHECK(log.field("error") == "broken");
}

TEST_CASE("a worker error names its queue, if it has one") {
  kept_log queue;
  queue.observer->worker_error("mail", {errc::internal, "slot died"});
  CHECK(queue.level() == log_level::error);
  CHECK(queue.field("queue") == "mail");
  CHECK(queue.field("error") == "internal: slot died");
  kept_log node;
  node.observer->worker_error("", {errc::database_unreachable, "gone"});
  CHECK(node.field("queue") == "(none)");
}

TEST_CASE("fenced outcomes and freed jobs are logged as warnings") {
  kept_log fenced;
  fenced.observer->outcome_fenced(facts);
  CHECK(fenced.level() == log_level::warning);
  kept_log freed;
  freed.observer->jobs_reclaimed(3, "n1, n2");
  CHECK(freed.level() == log_level::warning);
  CHECK(freed.field("count") == "3");
  CHECK(freed.field("nodes") == "n1, n2");
}

TEST_CASE("an empty queue is logged as debug") {
  kept_log log;
  log.observer->queue_is_empty("mail");
  CHECK(log.level() == log_level::debug);
  CHECK(log.field("queue") == "mail");
}

TEST_CASE("without a sink nothing is logged") {
  auto deaf = make_logging_observer({});
  deaf->job_started(facts);
  deaf->jobs_reclaimed(1, "n1");
  SUCCEED("an empty sink was not called");
}
