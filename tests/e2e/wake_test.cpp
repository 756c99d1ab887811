#include "tests/e2e/scene.hpp"

#include <catch2/catch.hpp>

#include <csignal>

using namespace callboard::test;

TEST_CASE("jobs that other processes store are not left to the next poll") {
  scene here;
  here.configure(R"([{"name": "mail", "poll_interval": "1h",
                      "types": {"welcome": {"noop": {}}}}])");
  auto daemon = here.daemon();
  here.ok({"enqueue", "-q", "mail", "-t", "welcome", "--id", "w1"});
  daemon->await_line("w1  ✔ done");
  here.ok({"enqueue", "-q", "mail", "-t", "welcome", "--id", "w2"});
  daemon->await_line("w2  ✔ done");
  here.ok({"enqueue", "--stdin"},
          R"({"id": "w3", "queue": "mail", "type": "welcome"}
             {"id": "w4", "queue": "mail", "type": "welcome"})");
  daemon->await_line("w4  ✔ done");
  daemon->signal(SIGTERM);
  CHECK(daemon->wait() == 0);
}
