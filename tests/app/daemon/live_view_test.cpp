#include "app/daemon/live_view.hpp"

#include <catch2/catch.hpp>
#include <spdlog/sinks/ostream_sink.h>

#include <cstdlib>
#include <ctime>
#include <sstream>

using namespace callboard;
using namespace callboard::app;
using namespace std::chrono_literals;

namespace {

struct view_fixture {
  view_fixture() {
    setenv("TZ", "UTC", 1);
    tzset();
  }

  static config::settings settings() {
    config::settings all;
    all.queues.push_back({.name = "mail"});
    all.queues[0].types["welcome"].options.retry.max_attempts = 3;
    all.queues[0].types["endless"].options.retry.max_attempts = 0;
    return all;
  }

  static job_facts facts(std::int32_t attempt = 1,
                         const std::string& type = "welcome") {
    return {.id = "019ab123-4567-7890-abcd-ef0123456789",
            .queue = "mail",
            .type = type,
            .request_id = "r",
            .attempt = attempt,
            .fence = 9};
  }

  /// What was printed since the last call.
  std::string said() {
    CHECK(view.flush());
    auto text = out.str();
    out.str("");
    return text;
  }

  std::ostringstream out;
  std::shared_ptr<spdlog::sinks::sink> lines
      = std::make_shared<spdlog::sinks::ostream_sink_mt>(out);
  live_view view{lines, false, settings(), [] {
                   return time_point{12h + 0min + 3s};
                 }};
};

} // namespace

TEST_CASE_METHOD(view_fixture, "each event is a line that a person reads") {
  view.job_started(facts());
  CHECK(said() == "12:00:03  mail/welcome  23456789  ▶ started\n");
  view.job_completed(facts(), 12ms);
  CHECK(said() == "12:00:03  mail/welcome  23456789  ✔ done in 12 ms\n");
  view.job_will_be_retried(facts(), 1ms, 1s, "no\nroute");
  CHECK(said()
        == "12:00:03  mail/welcome  23456789  ✖ failed (attempt 1 of 3): no,"
           " again in 1.0 s\n");
  view.job_started(facts(2));
  CHECK_THAT(said(), Catch::EndsWith("▶ started, attempt 2\n"));
  view.job_moved_to_dlq(facts(3), 1ms, "no route");
  CHECK_THAT(said(), Catch::EndsWith("✝ dead: no route\n"));
  view.job_rescheduled(facts(), 2ms, by_cron("*/5 * * * * *"));
  CHECK_THAT(said(),
             Catch::EndsWith("↻ ran in 2 ms, again at 12:00:05 by cron\n"));
  view.job_rescheduled(facts(), 2ms, by_after(10s));
  CHECK_THAT(said(), Catch::EndsWith("↻ ran in 2 ms, again in 10.0 s\n"));
}

TEST_CASE_METHOD(view_fixture, "without a limit of attempts none is shown") {
  view.job_will_be_retried(facts(7, "endless"), 1ms, 0s, "x");
  CHECK_THAT(said(), Catch::Contains("failed (attempt 7): x, again at once"));
  view.job_will_be_retried(facts(1, "other"), 1ms, 1s, "x");
  CHECK_THAT(said(), Catch::Contains("failed (attempt 1): x"));
}

TEST_CASE_METHOD(view_fixture, "workers in trouble are shown, too") {
  view.worker_error("mail", {errc::database_unreachable, "no server"});
  CHECK(said() == "12:00:03  ! mail: no server\n");
  view.jobs_reclaimed(2, "node-a");
  CHECK(said() == "12:00:03  ! 2 jobs taken back from dead nodes: node-a\n");
  view.outcome_fenced(facts());
  CHECK_THAT(said(), Catch::Contains("came too late"));
}

TEST_CASE_METHOD(view_fixture, "the summary counts by queue and type") {
  view.print_summary();
  CHECK(said() == "\nNo job was performed.\n");
  for (int i = 0; i < 1200; ++i)
    view.job_completed(facts(), 1ms);
  view.job_will_be_retried(facts(), 1ms, 1s, "x");
  view.job_moved_to_dlq(facts(1, "endless"), 1ms, "x");
  said();
  view.print_summary();
  CHECK(said()
        == "\n"
           "QUEUE  TYPE      DONE  RETRIED  RESCHEDULED  DEAD\n"
           "mail   endless      0        0            0     1\n"
           "mail   welcome  1,200        1            0     0\n");
}

TEST_CASE_METHOD(view_fixture, "a job's text can do nothing to the terminal") {
  view.job_moved_to_dlq(facts(1, "\x1b[2J"), 1ms, "\x1b]0;title\x07");
  CHECK(said().find('\x1b') == std::string::npos);
}
