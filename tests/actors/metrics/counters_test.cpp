#include "actors/metrics/counters.hpp"

#include <catch2/catch.hpp>

#include <numeric>
#include <thread>

using namespace callboard;
using namespace std::chrono_literals;

namespace {

job_facts facts(std::string queue, std::string type) {
  return {.id = "j1", .queue = std::move(queue), .type = std::move(type)};
}

job_event settled(std::string type, duration took,
                  decltype(event::settled::action) action) {
  return event::settled{facts("mail", std::move(type)), took,
                        std::move(action)};
}

type_metrics of(const counters& all, std::string queue, std::string type) {
  return all.snapshot().types.at({std::move(queue), std::move(type)});
}

std::uint64_t observations(const type_metrics& x) {
  return std::accumulate(x.histogram.begin(), x.histogram.end(),
                         std::uint64_t{0});
}

} // namespace

TEST_CASE("a new node has counted nothing") {
  counters all;
  CHECK(all.snapshot().types.empty());
  CHECK(all.snapshot().queues.empty());
  CHECK(all.totals().completed == 0);
}

TEST_CASE("outcomes are counted by queue and type") {
  counters all;
  all.count(event::started{facts("mail", "a")});
  all.count(settled("a", 1ms, completed{}));
  all.count(settled("a", 1ms, completed{}));
  all.count(settled("a", 1ms, retried{1s, "x"}));
  all.count(settled("b", 1ms, dead{"x"}));
  all.count(settled("b", 1ms, rescheduled{duration{1s}, {}}));
  all.count(event::fenced{facts("mail", "b")});
  CHECK(of(all, "mail", "a").started == 1);
  CHECK(of(all, "mail", "a").completed == 2);
  CHECK(of(all, "mail", "a").retried == 1);
  CHECK(of(all, "mail", "a").dead == 0);
  CHECK(of(all, "mail", "b").dead == 1);
  CHECK(of(all, "mail", "b").rescheduled == 1);
  CHECK(of(all, "mail", "b").fenced == 1);
}

TEST_CASE("a queue and a type that read alike together are told apart") {
  counters all;
  all.count(event::started{facts("a", "bc")});
  all.count(event::started{facts("ab", "c")});
  CHECK(all.snapshot().types.size() == 2);
}

TEST_CASE("durations fall into the bucket whose bound they do not pass") {
  counters all;
  all.count(settled("a", 1ms, completed{}));
  all.count(settled("a", 1001us, completed{}));
  all.count(settled("a", 300s, completed{}));
  all.count(settled("a", 301s, dead{"x"}));
  auto x = of(all, "mail", "a");
  CHECK(x.histogram.front() == 1);
  CHECK(x.histogram[1] == 1);
  CHECK(x.histogram[duration_buckets.size() - 1] == 1);
  CHECK(x.histogram.back() == 1);
  CHECK(x.seconds == Approx(601.002001));
}

TEST_CASE("what never ran has no duration") {
  counters all;
  all.count(settled("a", 0us, dead{"unknown type"}));
  CHECK(of(all, "mail", "a").dead == 1);
  CHECK(observations(of(all, "mail", "a")) == 0);
}

TEST_CASE("leases, empty polls and worker errors are counted by queue") {
  counters all;
  all.count(event::leased{"mail", 10});
  all.count(event::leased{"mail", 5});
  all.count(event::queue_empty{"mail"});
  all.count(event::worker_failed{"mail", {errc::internal, "slot"}});
  all.count(event::worker_failed{"", {errc::database_unreachable, "gone"}});
  all.count(event::reclaimed{3, "n1"});
  auto now = all.snapshot();
  CHECK(now.queues.at("mail").leased == 15);
  CHECK(now.queues.at("mail").empty_polls == 1);
  CHECK(now.queues.at("mail").worker_errors == 1);
  CHECK(now.queues.at("").worker_errors == 1);
  CHECK(now.reclaimed == 3);
}

TEST_CASE("gauges say what is and not what was") {
  counters all;
  all.gauge("mail", 3, 8);
  all.gauge("mail", 2, 4);
  all.gauge("video", 1, 1);
  auto now = all.snapshot();
  CHECK(now.queues.at("mail").running == 2);
  CHECK(now.queues.at("mail").concurrency == 4);
  CHECK(all.totals().running == 3);
}

TEST_CASE("a queue that the database does not name has no backlog") {
  counters all;
  all.backlog({{.queue = "mail", .waiting = {.value = 7}, .oldest_due = 1500ms},
               {.queue = "video", .waiting = {.value = 1}}});
  CHECK(all.snapshot().queues.at("mail").waiting == 7);
  CHECK(all.snapshot().queues.at("mail").oldest_due_seconds == 1.5);
  CHECK(all.snapshot().queues.at("video").oldest_due_seconds == 0);
  all.backlog({{.queue = "video", .waiting = {.value = 2}}});
  CHECK(all.snapshot().queues.at("mail").waiting == 0);
  CHECK(all.snapshot().queues.at("mail").oldest_due_seconds == 0);
  CHECK(all.snapshot().queues.at("video").waiting == 2);
}

TEST_CASE("jobs in the database make a queue none of the node's own") {
  counters all;
  all.serve("mail");
  all.backlog({{.queue = "video", .waiting = {.value = 1}}});
  CHECK(all.snapshot().queues.at("mail").own());
  CHECK_FALSE(all.snapshot().queues.at("video").own());
}

TEST_CASE("a queue that the node left is its own until no job of it runs") {
  counters all;
  all.count(event::leased{"mail", 10});
  all.serve("mail");
  all.gauge("mail", 1, 8);
  all.leave("mail");
  CHECK(all.snapshot().queues.at("mail").own());
  CHECK(all.snapshot().queues.at("mail").concurrency == 0);
  all.gauge("mail", 0, 0);
  CHECK_FALSE(all.snapshot().queues.at("mail").own());
  CHECK(all.snapshot().queues.at("mail").leased == 10);
}

TEST_CASE("the totals of a node are the sums over its queues") {
  counters all;
  std::vector<job_event> events{
      event::leased{"mail", 2},
      event::leased{"video", 3},
      settled("a", 1ms, completed{}),
      settled("b", 1ms, completed{}),
      settled("a", 1ms, dead{"x"}),
      settled("a", 1ms, retried{0s, "x"}),
      settled("b", 1ms, rescheduled{duration{1s}, {}}),
      event::fenced{facts("video", "v")},
      event::worker_failed{"mail", {errc::internal, "x"}},
      event::reclaimed{4, "n1"}};
  all.count_all(events);
  auto sum = all.totals();
  CHECK(sum.leased == 5);
  CHECK(sum.completed == 2);
  CHECK(sum.dead == 1);
  CHECK(sum.retried == 1);
  CHECK(sum.rescheduled == 1);
  CHECK(sum.fenced == 1);
  CHECK(sum.worker_errors == 1);
  CHECK(sum.reclaimed == 4);
}

TEST_CASE("a flood of invented types is counted together and not kept") {
  counters all;
  for (std::size_t i = 0; i < counters::max_series + 500; ++i)
    all.count(event::started{facts("mail", "t" + std::to_string(i))});
  auto other = std::string{counters::other};
  CHECK(all.snapshot().types.size() == counters::max_series + 1);
  CHECK(of(all, other, other).started == 500);
  all.count(event::started{facts("mail", "t0")});
  CHECK(of(all, "mail", "t0").started == 2);
}

TEST_CASE("readers and writers do not disturb each other") {
  counters all;
  constexpr int rounds = 5000;
  auto write = [&] {
    for (int i = 0; i < rounds; ++i)
      all.count(settled("a", 1ms, completed{}));
  };
  {
    std::jthread one{write};
    std::jthread two{write};
    for (int i = 0; i < 100; ++i)
      CHECK(all.totals().completed <= 2 * rounds);
  }
  CHECK(all.totals().completed == 2 * rounds);
}
