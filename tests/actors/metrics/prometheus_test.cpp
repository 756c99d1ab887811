#include "actors/metrics/counters.hpp"
#include "actors/metrics/prometheus.hpp"
#include "actors/metrics/watched_counters.hpp"

#include <catch2/catch.hpp>
#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

using namespace callboard;
using namespace std::chrono_literals;

namespace {

// The text format with line breaks on both ends, to look for whole lines.
std::string text_of(const counters& all) {
  return "\n" + prometheus_text(all);
}

auto has(const std::string& line) {
  return Catch::Matchers::Contains("\n" + line + "\n");
}

void settle(counters& to, std::string type, duration took,
            decltype(event::settled::action) action) {
  to.count(
      event::settled{{.id = "j1", .queue = "mail", .type = std::move(type)},
                     took,
                     std::move(action)});
}

} // namespace

TEST_CASE("counters are exported by queue and type") {
  counters all;
  all.count(event::started{{.queue = "mail", .type = "a"}});
  settle(all, "a", 1ms, completed{});
  settle(all, "a", 1ms, retried{1s, "x"});
  settle(all, "a", 1ms, dead{"x"});
  settle(all, "a", 1ms, rescheduled{duration{1s}, {}});
  all.count(event::fenced{{.queue = "mail", .type = "a"}});
  auto lines = text_of(all);
  auto of = [](std::string name) {
    return has("callboard_jobs_" + name
               + "_total{queue=\"mail\",type=\"a\"} 1");
  };
  CHECK_THAT(lines, of("started"));
  CHECK_THAT(lines, of("completed"));
  CHECK_THAT(lines, of("retried"));
  CHECK_THAT(lines, of("dead_lettered"));
  CHECK_THAT(lines, of("rescheduled"));
  CHECK_THAT(lines, of("fenced"));
  CHECK_THAT(lines, has("# TYPE callboard_jobs_completed_total counter"));
}

TEST_CASE("durations are exported as a histogram that adds up") {
  counters all;
  settle(all, "a", 500us, completed{});
  settle(all, "a", 2s, completed{});
  settle(all, "a", 1h, completed{});
  auto lines = text_of(all);
  std::string name = "callboard_job_execution_duration_seconds";
  auto bucket = [&](std::string bound, std::string count) {
    return has(name + "_bucket{queue=\"mail\",type=\"a\",le=\"" + bound + "\"} "
               + count);
  };
  CHECK_THAT(lines, has("# TYPE " + name + " histogram"));
  CHECK_THAT(lines, bucket("0.001", "1"));
  CHECK_THAT(lines, bucket("1", "1"));
  CHECK_THAT(lines, bucket("5", "2"));
  CHECK_THAT(lines, bucket("300", "2"));
  CHECK_THAT(lines, bucket("+Inf", "3"));
  CHECK_THAT(lines, has(name + "_count{queue=\"mail\",type=\"a\"} 3"));
  CHECK_THAT(lines, has(name + "_sum{queue=\"mail\",type=\"a\"} 3602.0005"));
}

TEST_CASE("gauges and counters of a queue are exported") {
  counters all;
  all.count(event::leased{"mail", 10});
  all.count(event::queue_empty{"mail"});
  all.count(event::worker_failed{"mail", {errc::internal, "x"}});
  all.count(event::reclaimed{4, "n1"});
  all.gauge("mail", 3, 8);
  all.backlog(
      {{.queue = "mail", .waiting = {.value = 7}, .oldest_due = 1500ms}});
  auto lines = text_of(all);
  CHECK_THAT(lines, has("callboard_jobs_leased_total{queue=\"mail\"} 10"));
  CHECK_THAT(lines, has("callboard_empty_polls_total{queue=\"mail\"} 1"));
  CHECK_THAT(lines, has("callboard_worker_errors_total{queue=\"mail\"} 1"));
  CHECK_THAT(lines, has("callboard_jobs_reclaimed_total 4"));
  CHECK_THAT(lines, has("callboard_jobs_running{queue=\"mail\"} 3"));
  CHECK_THAT(lines, has("callboard_concurrency{queue=\"mail\"} 8"));
  CHECK_THAT(lines, has("callboard_jobs_waiting{queue=\"mail\"} 7"));
  CHECK_THAT(lines,
             has("callboard_oldest_due_age_seconds{queue=\"mail\"} 1.5"));
  CHECK_THAT(lines, has("# TYPE callboard_jobs_running gauge"));
}

TEST_CASE("only queues that the node works on have gauges of the node") {
  counters all;
  all.serve("mail");
  all.gauge("mail", 0, 8);
  all.backlog({{.queue = "video", .waiting = {.value = 7}}});
  auto lines = text_of(all);
  CHECK_THAT(lines, has("callboard_concurrency{queue=\"mail\"} 8"));
  CHECK_THAT(lines, has("callboard_jobs_waiting{queue=\"video\"} 7"));
  for (auto name : {"callboard_concurrency", "callboard_jobs_running",
                    "callboard_slots_hung"})
    CHECK_THAT(lines,
               !Catch::Contains(std::string{name} + "{queue=\"video\"}"));
  all.leave("mail");
  all.hung("mail", 1);
  lines = text_of(all);
  CHECK_THAT(lines, !Catch::Contains("callboard_concurrency{queue=\"mail\"}"));
  // Its threads are still held.
  CHECK_THAT(lines, has("callboard_slots_hung{queue=\"mail\"} 1"));
}

TEST_CASE("hostile names can't break a line of the text format") {
  counters all;
  all.count(event::started{{.queue = "a\"b\\c\nd", .type = "t"}});
  CHECK_THAT(text_of(all),
             has("callboard_jobs_started_total{queue=\"a\\\"b\\\\c\\nd\","
                 "type=\"t\"} 1"));
}

TEST_CASE("the ties to the database are exported") {
  actors::watched_counters all;
  auto now = std::chrono::steady_clock::now();
  (void)all.database.up(link::leasing, now - 10s);
  (void)all.database.up(link::settling, now - 10s);
  (void)all.database.down(link::leasing, {errc::database_unreachable, "x"},
                          now - 10s);
  (void)all.database.up(link::leasing, now - 7s);
  (void)all.database.down(link::settling, {errc::database_full, "x"}, now);
  auto lines = text_of(all);
  CHECK_THAT(lines, has("callboard_database_link_up{link=\"leasing\"} 1"));
  CHECK_THAT(lines, has("callboard_database_link_up{link=\"settling\"} 0"));
  CHECK_THAT(lines, !Catch::Contains("listening"));
  CHECK_THAT(lines, has("callboard_database_outages_total 2"));
  CHECK_THAT(lines,
             Catch::Contains("callboard_database_outage_seconds_total 3."));
}

TEST_CASE("the numbers can be collected by a registry of the user's own") {
  auto all = std::make_shared<counters>();
  all->count(event::leased{"mail", 10});
  auto collectable = make_collectable(all);
  auto leased = 0.0;
  for (const auto& family : collectable->Collect())
    if (family.name == "callboard_jobs_leased_total")
      leased = family.metric.at(0).counter.value;
  CHECK(leased == 10);
}
