#include "tests/e2e/scene.hpp"
#include "tests/support/await_end.hpp"

#include <catch2/catch.hpp>

using namespace callboard::test;
using Catch::Contains;

TEST_CASE("run --once ends when nothing is due any more") {
  scene here;
  here.ok({"enqueue", "-q", "mail", "-t", "welcome"});
  here.ok({"enqueue", "-q", "mail", "-t", "broken"});
  here.ok({"enqueue", "-q", "mail", "-t", "welcome", "--delay", "1h"});
  here.ok({"enqueue", "-q", "other", "-t", "welcome"});
  auto said = here.ok({"run", "--live", "--once"});
  CHECK_THAT(said, Contains("QUEUE  TYPE     DONE  RETRIED  RESCHEDULED  DEAD")
                       && Contains("mail   broken      0        0            0"
                                   "     1")
                       && Contains("mail   welcome     1"));
  CHECK_THAT(here.ok({"jobs"}), Contains("delayed") && Contains("other"));
}

TEST_CASE("run --once waits for retries within the horizon") {
  scene here;
  here.ok({"enqueue", "-q", "mail", "-t", "flaky", "--id", "f1"});
  auto said = here.ok({"run", "--live", "--once", "--once-horizon", "10s"});
  CHECK_THAT(said,
             Contains("failed (attempt 1 of 5): the server is busy, again in"
                      " 50 ms")
                 && Contains("f1  ▶ started, attempt 3")
                 && Contains("f1  ✔ done"));
}

TEST_CASE("run --once without jobs says so") {
  scene here;
  CHECK_THAT(here.ok({"run", "--live", "--once"}),
             Contains("No job was performed."));
}

TEST_CASE("jobs do not wait for who reads the log, or the live view") {
  scene here;
  std::string lines;
  for (int i = 0; i < 6000; ++i)
    lines += "{}\n";
  here.ok({"enqueue", "-q", "mail", "-t", "welcome", "--stdin"}, lines);
  // Far more than a pipe takes, and the test reads nothing.
  auto live = GENERATE(false, true);
  auto program = live ? here.start({"run", "--live", "--once"})
                      : here.start({"run", "--once"});
  REQUIRE(await_end(program->id()));
  CHECK(here.waiting() == 0);
  CHECK(program->wait() == 0);
  CHECK_THAT(program->err(), Contains("ready: "));
}
