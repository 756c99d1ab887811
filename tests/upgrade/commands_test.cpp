// The command line of the present program on the tables of the next one, and
// the other way round.

#include "tests/e2e/scene.hpp"

#include <catch2/catch.hpp>

using namespace callboard::test;
using Catch::Contains;

namespace {

finished next(const scene& here, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), CALLBOARD_NEXT);
  auto done = run(std::move(arguments), {}, here.options());
  INFO(done.out << done.err);
  REQUIRE(done.code == 0);
  return done;
}

} // namespace

TEST_CASE("every command works on the tables of the next version") {
  scene here;
  here.ok({"migrate"});
  here.ok({"enqueue", "-q", "mail", "-t", "broken", "--id", "before"});
  next(here, {"migrate"});
  here.ok({"enqueue", "-q", "mail", "-t", "welcome", "--id", "a1"});
  here.ok({"enqueue", "--stdin", "-q", "mail", "-t", "welcome"},
          "{\"id\": \"a2\"}\n{\"id\": \"a3\", \"delay\": \"1h\"}\n");
  CHECK_THAT(here.ok({"jobs"}), Contains("a1") && Contains("before"));
  CHECK_THAT(here.ok({"job", "a2"}), Contains("welcome"));
  CHECK(here.ok({"cancel", "a3"}) == "a3 removed\n");
  here.ok({"run", "--once"});
  CHECK_THAT(here.ok({"dead", "list"}), Contains("before"));
  CHECK_THAT(here.ok({"dead", "show", "before"}), Contains("no route"));
  here.ok({"dead", "retry", "before"});
  CHECK_THAT(here.ok({"status"}), Contains("mail"));
  // The next one performs what the present one has stored, and leaves to it
  // what comes of that.
  next(here, {"run", "--once"});
  here.ok({"dead", "purge", "--all", "--yes"});
  CHECK(here.waiting() == 0);
  auto status = here.callboard({"migrate", "--status"});
  CHECK(status.code == 0);
  CHECK_THAT(status.err, Contains("the tables have version 5, this program"
                                  " knows 4 and can work with them"));
  CHECK_THAT(status.out, Contains("next"));
}
