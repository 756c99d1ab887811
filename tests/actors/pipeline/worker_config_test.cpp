#include "actors/pipeline/worker_config.hpp"

#include <catch2/catch.hpp>

using namespace callboard;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;

namespace {

outcome nothing(const job&, context&) {
  return complete();
}

std::string problem_of(const worker_config& config) {
  auto checked = config.normalized();
  REQUIRE(checked.has_error());
  CHECK(checked.error().code == errc::invalid_config);
  return checked.error().message;
}

} // namespace

TEST_CASE("concurrency defaults to 1 and the poll interval to 1 s") {
  auto given = GENERATE(0, -1, -100);
  auto checked = worker_config{.queue = "mail",
                               .concurrency = given,
                               .poll_interval = duration{given},
                               .handle = nothing}
                     .normalized();
  REQUIRE(checked.has_value());
  CHECK(checked->concurrency == 1);
  CHECK(checked->poll_interval == 1s);
}

TEST_CASE("a config keeps what it says") {
  auto checked = worker_config{.queue = "mail",
                               .concurrency = 32,
                               .poll_interval = 2s,
                               .handle = nothing}
                     .normalized();
  REQUIRE(checked.has_value());
  CHECK(checked->queue == "mail");
  CHECK(checked->concurrency == 32);
  CHECK(checked->poll_interval == 2s);
  CHECK(checked->handle.find("x"));
}

TEST_CASE("a queue without a name is refused") {
  CHECK_THAT(problem_of({.handle = nothing}), Contains("name is empty"));
}

TEST_CASE("a queue name that can't be stored is refused") {
  CHECK_THAT(problem_of({.queue = std::string(256, 'q'), .handle = nothing}),
             Contains("255 bytes"));
  CHECK_THAT(problem_of({.queue = "a\xff", .handle = nothing}),
             Contains("UTF-8"));
}

TEST_CASE("a concurrency over the limit is refused") {
  auto problem
      = problem_of({.queue = "mail", .concurrency = 10'001, .handle = nothing});
  CHECK_THAT(problem, Contains("queue 'mail'") && Contains("10001")
                          && Contains("10000"));
}

TEST_CASE("a queue without handlers is refused") {
  CHECK_THAT(problem_of({.queue = "mail"}), Contains("no handlers"));
}

TEST_CASE("an empty function or middleware is refused") {
  CHECK_THAT(problem_of({.queue = "mail", .handle = mux{}.on("a", handler{})}),
             Contains("type 'a' has no handler"));
  CHECK_THAT(
      problem_of(
          {.queue = "mail", .handle = nothing, .middlewares = {middleware{}}}),
      Contains("middleware 0"));
}

TEST_CASE("the options of every route are checked") {
  type_options negative{.timeout = -1s};
  type_options senseless{.retry = {.wait = {.jitter = 2.0}}};
  auto problem = problem_of(
      {.queue = "mail",
       .handle
       = mux{}.on("a", nothing, negative).otherwise(nothing, senseless)});
  CHECK_THAT(problem,
             Contains("type 'a': the timeout") && Contains("every other type"));
}

TEST_CASE("all problems of a set are told at once") {
  auto checked = normalize({{.queue = "mail", .handle = nothing},
                            {.queue = "video"},
                            {.queue = "mail", .handle = nothing},
                            {.queue = "mail", .handle = nothing}});
  REQUIRE(checked.has_error());
  CHECK(checked.error().message
        == "queue 'video': it has no handlers; add some with `on` or "
           "`otherwise`; queue 'mail' stands more than once; merge its "
           "handlers into one config");
}

TEST_CASE("an empty set of configs is fine: nothing is worked on") {
  auto checked = normalize({});
  REQUIRE(checked.has_value());
  CHECK(checked->empty());
}
