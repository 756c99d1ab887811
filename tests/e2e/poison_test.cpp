#include "tests/e2e/ledger.hpp"

#include <catch2/catch.hpp>

#include <csignal>

using namespace callboard::test;
using Catch::Contains;

namespace {

/// Runs daemons until one has performed all that there is, as systemd would;
/// answers how many died.
int run_until_done(const scene& here) {
  for (int died = 0; died < 20; ++died) {
    auto done = here.callboard({"run", "--once"});
    if (done.code == 0)
      return died;
    INFO(done.err);
    // Nothing but the job's own way to die.
    REQUIRE((done.code < 0 || done.err.find("ended") == std::string::npos));
  }
  FAIL("the daemon keeps dying");
  return -1;
}

} // namespace

TEST_CASE("a job that kills its process ends in the dead letters, and none "
          "of its neighbours does") {
  auto how = GENERATE(std::string{"segfault"}, "abort", "exit", "kill");
  scene here;
  here.configure("[" + deadly_queue("mail", 3) + ", " + deadly_queue("video", 3)
                 + "]");
  std::string lines;
  for (int i = 0; i < 40; ++i) {
    lines += job_line("mail", "write", "m" + std::to_string(100 + i));
    lines += job_line("video", "write", "v" + std::to_string(100 + i));
    if (i == 20)
      lines += job_line("mail", "die", "poison", how);
  }
  here.ok({"enqueue", "--stdin", "--quiet"}, lines);
  INFO(how);
  CHECK(run_until_done(here) == 3);
  CHECK(noted(here, "died poison") == 3);
  for (int i = 0; i < 40; ++i) {
    CHECK(noted(here, "did m" + std::to_string(100 + i) + " ") >= 1);
    CHECK(noted(here, "did v" + std::to_string(100 + i) + " ") >= 1);
  }
  auto dead = here.ok({"dead", "list"});
  CHECK_THAT(dead, Contains("poison"));
  CHECK_THAT(dead, !Contains("m1") && !Contains("v1"));
  auto blame = here.ok({"dead", "show", "poison"});
  CHECK_THAT(blame, Contains("worker died: node '")
                        && Contains("during attempt ") && Contains("3 of 3"));
}

TEST_CASE("what was fetched ahead beside a poisonous job keeps its only "
          "attempt") {
  scene here;
  here.configure(
      "[" + deadly_queue("mail", 1, R"("retry": {"max_attempts": 1})") + "]");
  // Quick ones teach the poller to fetch ahead.
  std::string lines;
  for (int i = 0; i < 30; ++i)
    lines += job_line("mail", "write", "a" + std::to_string(100 + i));
  lines += job_line("mail", "die", "b-poison", "kill");
  for (int i = 0; i < 30; ++i)
    lines += job_line("mail", "write", "c" + std::to_string(100 + i));
  here.ok({"enqueue", "--stdin", "--quiet"}, lines);
  // The poison had one attempt, too.
  CHECK(run_until_done(here) == 1);
  for (int i = 0; i < 30; ++i) {
    CHECK(noted(here, "did a" + std::to_string(100 + i) + " 1") == 1);
    CHECK(noted(here, "did c" + std::to_string(100 + i) + " 1") == 1);
  }
  auto dead = here.ok({"dead", "list"});
  CHECK(noted(here, "died b-poison") == 1);
  CHECK_THAT(dead, Contains("b-poison"));
  CHECK_THAT(dead, !Contains("write"));
}
