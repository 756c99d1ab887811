#include "tests/seed/seed_fixture.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <stdexcept>

using namespace callboard;
using namespace callboard::test;

namespace {

/// What a handler saw, attempt by attempt.
struct seen {
  std::mutex mutex;
  std::vector<job> jobs;

  void add(const job& x) {
    auto lock = std::lock_guard{mutex};
    jobs.push_back(x);
  }
};

} // namespace

TEST_CASE("a completed job is gone") {
  auto fixture = seed_fixture{GENERATE("sqlite", "postgresql")};
  auto jobs = fixture.make_client();
  auto id = jobs.enqueue({.queue = "q", .type = "t", .arg = "payload"});
  auto got = seen{};
  jobs.upgrade({{.queue = "q", .handle = [&](const job& work, context& ctx) {
                   got.add(work);
                   CHECK(ctx.attempt() == 1);
                   CHECK(ctx.fence() > 0);
                   return complete();
                 }}});
  fixture.events->await("completed");
  CHECK(!fixture.look().find(id).value().has_value());
  REQUIRE(got.jobs.size() == 1);
  CHECK(got.jobs[0].id == id);
  CHECK(got.jobs[0].arg == "payload");
  CHECK(got.jobs[0].attempt == 1);
  CHECK(fixture.dead_letters().empty());
}

TEST_CASE("the attempt after a retry sees the last error") {
  auto fixture = seed_fixture{GENERATE("sqlite", "postgresql")};
  auto jobs = fixture.make_client();
  auto got = seen{};
  jobs.upgrade({{.queue = "q", .handle = [&](const job& work, context&) {
                   got.add(work);
                   return work.attempt == 1 ? retry(0s, "not yet") : complete();
                 }}});
  jobs.enqueue({.queue = "q", .type = "t"});
  // A delay of zero runs at once: no clock moves in this test.
  fixture.events->await("completed");
  REQUIRE(got.jobs.size() == 2);
  CHECK(got.jobs[0].last_error.empty());
  CHECK(got.jobs[1].attempt == 2);
  CHECK(got.jobs[1].last_error == "not yet");
  auto retried = fixture.events->all("retried");
  REQUIRE(retried.size() == 1);
  CHECK(retried[0].error == "not yet");
  CHECK(retried[0].after == 0s);
}

TEST_CASE("a retry with a delay waits for it") {
  auto fixture = seed_fixture{GENERATE("sqlite", "postgresql")};
  auto jobs = fixture.make_client();
  jobs.upgrade({{.queue = "q",
                 .poll_interval = 1h,
                 .handle = [&](const job& work, context&) {
                   return work.attempt == 1 ? retry(5min, "later") : complete();
                 }}});
  auto id = jobs.enqueue({.queue = "q", .type = "t"});
  fixture.events->await("retried");
  auto stored = fixture.look().find(id).value();
  REQUIRE(stored.has_value());
  CHECK(stored->state == job_state::delayed);
  CHECK(stored->value.attempt == 1);
  CHECK(stored->value.last_error == "later");
  fixture.advance(5min);
  jobs.wake("q");
  fixture.events->await("completed");
}

TEST_CASE("a reschedule keeps the attempt and can replace the arg") {
  auto fixture = seed_fixture{GENERATE("sqlite", "postgresql")};
  auto jobs = fixture.make_client();
  auto got = seen{};
  auto runs = std::atomic<int>{0};
  jobs.upgrade({{.queue = "q", .handle = [&](const job& work, context&) {
                   got.add(work);
                   if (++runs == 1)
                     return reschedule(by_after(0s));
                   if (work.arg == "a")
                     return reschedule(by_after(0s), with_arg("b"));
                   return complete();
                 }}});
  jobs.enqueue({.queue = "q", .type = "t", .arg = "a"});
  fixture.events->await("completed");
  CHECK(fixture.events->count("rescheduled") == 2);
  REQUIRE(got.jobs.size() == 3);
  CHECK(got.jobs[0].arg == "a");
  CHECK(got.jobs[1].arg == "a");
  CHECK(got.jobs[2].arg == "b");
  for (const auto& x : got.jobs)
    CHECK(x.attempt == 1);
}

TEST_CASE("a reschedule by cron runs at the next time of the expression") {
  auto fixture = seed_fixture{GENERATE("sqlite", "postgresql")};
  auto jobs = fixture.make_client();
  auto runs = std::atomic<int>{0};
  jobs.upgrade(
      {{.queue = "q", .poll_interval = 1h, .handle = [&](const job&, context&) {
          return ++runs == 1 ? reschedule(by_cron("0 3 * * *")) : complete();
        }}});
  auto id = jobs.enqueue({.queue = "q", .type = "t"});
  fixture.events->await("rescheduled");
  auto stored = fixture.look().find(id).value();
  REQUIRE(stored.has_value());
  CHECK(stored->state == job_state::delayed);
  auto since_midnight = stored->value.run_at.time_since_epoch() % 24h;
  CHECK(since_midnight == 3h);
  fixture.advance(24h);
  jobs.wake("q");
  fixture.events->await("completed");
}

TEST_CASE("a job moved to the dead letters keeps its error and attempt 1") {
  auto fixture = seed_fixture{GENERATE("sqlite", "postgresql")};
  auto jobs = fixture.make_client();
  jobs.upgrade({{.queue = "q", .handle = [](const job&, context&) {
                   return move_to_dlq("hopeless");
                 }}});
  auto id = jobs.enqueue({.queue = "q", .type = "t", .arg = "kept"});
  fixture.events->await("dead");
  auto dead = fixture.dead_letters();
  REQUIRE(dead.size() == 1);
  CHECK(dead[0].value.id == id);
  CHECK(dead[0].value.attempt == 1);
  CHECK(dead[0].value.arg == "kept");
  CHECK(dead[0].value.last_error == "hopeless");
  CHECK(fixture.events->all("dead")[0].error == "hopeless");
  CHECK(fixture.stored_jobs("q") == 0);
}

TEST_CASE("a job of an unknown type goes to the dead letters") {
  auto fixture = seed_fixture{GENERATE("sqlite", "postgresql")};
  auto jobs = fixture.make_client();
  jobs.upgrade(
      {{.queue = "q", .handle = mux{}.on("known", [](const job&, context&) {
          return complete();
        })}});
  jobs.enqueue({.queue = "q", .type = "strange"});
  fixture.events->await("dead");
  auto dead = fixture.dead_letters();
  REQUIRE(dead.size() == 1);
  CHECK_THAT(dead[0].value.last_error, Catch::Contains("unknown type"));
  CHECK_THAT(dead[0].value.last_error, Catch::Contains("strange"));
}

TEST_CASE("an exception moves the job to the dead letters with its text") {
  auto fixture = seed_fixture{GENERATE("sqlite", "postgresql")};
  auto jobs = fixture.make_client();
  jobs.upgrade(
      {{.queue = "q", .handle = [](const job& work, context&) -> outcome {
          if (work.type == "throws")
            throw std::runtime_error{"out of paper"};
          return complete();
        }}});
  jobs.enqueue({.queue = "q", .type = "throws"});
  fixture.events->await("dead");
  auto dead = fixture.dead_letters();
  REQUIRE(dead.size() == 1);
  CHECK(dead[0].value.attempt == 1);
  CHECK_THAT(dead[0].value.last_error, Catch::Contains("out of paper"));
  // The worker goes on.
  jobs.enqueue({.queue = "q", .type = "fine"});
  fixture.events->await("completed");
}

TEST_CASE("a handler that fails is retried by the policy until its end") {
  auto fixture = seed_fixture{GENERATE("sqlite", "postgresql")};
  auto jobs = fixture.make_client();
  auto options = type_options{};
  options.retry.max_attempts = 3;
  options.retry.wait
      = {.shape = backoff::kind::fixed, .first = 0s, .limit = 0s, .jitter = 0};
  jobs.upgrade(
      {{.queue = "q",
        .handle = mux{}.on(
            "t", [](const job&, context&) { return fail("no"); }, options)}});
  jobs.enqueue({.queue = "q", .type = "t"});
  fixture.events->await("dead");
  CHECK(fixture.events->count("retried") == 2);
  auto dead = fixture.dead_letters();
  REQUIRE(dead.size() == 1);
  CHECK(dead[0].value.attempt == 3);
  CHECK_THAT(dead[0].value.last_error, Catch::Contains("no"));
}
