#include "tests/seed/seed_fixture.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace callboard;
using namespace callboard::test;

namespace {

errc code_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const failure& problem) {
    return problem.code();
  }
  FAIL("nothing was thrown");
  return errc::internal;
}

} // namespace

TEST_CASE("an enqueue needs a queue and a type") {
  auto fixture = seed_fixture{GENERATE("sqlite", "postgresql")};
  auto jobs = fixture.make_client();
  CHECK(code_of([&] { jobs.enqueue({.queue = "", .type = "t"}); })
        == errc::invalid_job);
  CHECK(code_of([&] { jobs.enqueue({.queue = "q", .type = ""}); })
        == errc::invalid_job);
  CHECK(fixture.stored_jobs("q") == 0);
}

TEST_CASE("an empty bulk is an error") {
  auto fixture = seed_fixture{GENERATE("sqlite", "postgresql")};
  auto jobs = fixture.make_client();
  CHECK(code_of([&] { jobs.bulk_enqueue({}); }) == errc::empty_bulk);
}

TEST_CASE("a duplicate id is a conflict, and nothing of its bulk is stored") {
  auto fixture = seed_fixture{GENERATE("sqlite", "postgresql")};
  auto jobs = fixture.make_client();
  REQUIRE(jobs.enqueue({.queue = "q", .type = "t", .id = "one"}) == "one");
  CHECK(code_of([&] { jobs.enqueue({.queue = "q", .type = "t", .id = "one"}); })
        == errc::job_already_exists);
  CHECK(code_of([&] {
          jobs.bulk_enqueue({{.queue = "q", .type = "t", .id = "two"},
                             {.queue = "q", .type = "t", .id = "one"},
                             {.queue = "q", .type = "t", .id = "three"}});
        })
        == errc::job_already_exists);
  CHECK(fixture.stored_jobs("q") == 1);
}

TEST_CASE("an id twice in one bulk is a conflict, and nothing is stored") {
  auto fixture = seed_fixture{GENERATE("sqlite", "postgresql")};
  auto jobs = fixture.make_client();
  CHECK(code_of([&] {
          jobs.bulk_enqueue({{.queue = "q", .type = "t", .id = "same"},
                             {.queue = "q", .type = "t", .id = "same"}});
        })
        == errc::job_already_exists);
  CHECK(fixture.stored_jobs("q") == 0);
}

TEST_CASE("jobs without an id get one each") {
  auto fixture = seed_fixture{GENERATE("sqlite", "postgresql")};
  auto jobs = fixture.make_client();
  auto ids = jobs.bulk_enqueue(
      {{.queue = "q", .type = "t"}, {.queue = "q", .type = "t"}});
  REQUIRE(ids.size() == 2);
  CHECK(ids[0] != ids[1]);
  for (const auto& id : ids)
    CHECK(fixture.look().find(id).value().has_value());
}

TEST_CASE("a request id is the caller's, or one new one for a whole bulk") {
  auto fixture = seed_fixture{GENERATE("sqlite", "postgresql")};
  auto jobs = fixture.make_client();
  auto ids
      = jobs.bulk_enqueue({{.queue = "q", .type = "t"},
                           {.queue = "q", .type = "t"},
                           {.queue = "q", .type = "t", .request_id = "r"}});
  auto request_id = [&](std::size_t index) {
    return fixture.look().find(ids[index]).value()->value.request_id;
  };
  CHECK(!request_id(0).empty());
  CHECK(request_id(0) == request_id(1));
  CHECK(request_id(2) == "r");
}

TEST_CASE("a job enqueued by a handler carries on its request id") {
  auto fixture = seed_fixture{GENERATE("sqlite", "postgresql")};
  auto jobs = fixture.make_client();
  jobs.upgrade(
      {{.queue = "q",
        .handle
        = mux{}
              .on("first",
                  [&](const job&, context& surrounding) {
                    jobs.enqueue(surrounding, {.queue = "q", .type = "second"});
                    return complete();
                  })
              .on("second", [](const job&, context&) { return complete(); })}});
  jobs.enqueue({.queue = "q", .type = "first", .request_id = "from the web"});
  fixture.events->await("completed", 2);
  auto done = fixture.events->all("completed");
  CHECK(done[1].facts.type == "second");
  CHECK(done[1].facts.request_id == "from the web");
}

TEST_CASE("a delayed job runs when its time has come, and not before") {
  auto fixture = seed_fixture{GENERATE("sqlite", "postgresql")};
  auto jobs = fixture.make_client();
  jobs.upgrade(
      {{.queue = "q", .poll_interval = 1h, .handle = [](const job&, context&) {
          return complete();
        }}});
  jobs.enqueue({.queue = "q", .type = "late", .delay = 10min});
  // A job that is due passes the delayed one.
  jobs.enqueue({.queue = "q", .type = "early"});
  fixture.events->await("completed");
  CHECK(fixture.stored_jobs("q") == 1);
  fixture.advance(10min);
  jobs.wake("q");
  fixture.events->await("completed", 2);
  CHECK(fixture.events->all("completed")[0].facts.type == "early");
  CHECK(fixture.events->all("completed")[1].facts.type == "late");
  CHECK(fixture.stored_jobs("q") == 0);
}
