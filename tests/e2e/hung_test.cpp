#include "tests/e2e/ledger.hpp"

#include <catch2/catch.hpp>

#include <csignal>

using namespace callboard::test;
using Catch::Contains;

namespace {

const std::string impatient
    = R"("timeout": "50ms", "retry": {"backoff": "fixed", "first": "0s"})";

} // namespace

TEST_CASE("a daemon goes on beside a handler that hangs, tells of it, and "
          "ends in time") {
  scene here;
  here.close_gate();
  here.configure("[" + deadly_queue("mail", 1, impatient) + "]",
                 R"("node": {"hung_grace": "50ms", "heartbeat": "100ms"})");
  auto daemon = here.daemon();
  here.ok({"enqueue", "-q", "mail", "-t", "deaf", "--id", "d1"});
  daemon->await_line("d1  ✖ failed (attempt 1 of 25): timed out");
  daemon->await_line("d1  ✔ done");
  CHECK(noted(here, "did d1 2") == 1);
  CHECK(noted(here, "came back") == 0);
  daemon->signal(SIGTERM);
  CHECK(daemon->wait() == 0);
  CHECK_THAT(daemon->err(), Contains("given up before still ran: 1"));
}

TEST_CASE("a thread that comes back changes nothing") {
  scene here;
  here.close_gate();
  here.configure("[" + deadly_queue("mail", 1, impatient) + "]",
                 R"("node": {"hung_grace": "50ms"})");
  auto daemon = here.daemon();
  here.ok({"enqueue", "-q", "mail", "-t", "deaf", "--id", "d1"});
  daemon->await_line("d1  ✔ done");
  here.open_gate();
  daemon->await_line("came back");
  daemon->signal(SIGTERM);
  CHECK(daemon->wait() == 0);
  CHECK(noted(here, "came back d1 1") == 1);
  CHECK_THAT(daemon->err(), !Contains("still ran"));
}

TEST_CASE("a program that is deaf to SIGTERM is killed, and its slot is not "
          "given up") {
  scene here;
  here.close_gate();
  here.configure(R"([{"name": "mail", "poll_interval": "100ms",
      "retry": {"max_attempts": 1},
      "types": {"stubborn": {"timeout": "50ms", "exec": {
        "command": ["sh", "-c", "trap '' TERM; read line <gate1"],
        "kill_after": "300ms"}}}}])",
                 R"("node": {"hung_grace": "0s"})");
  auto daemon = here.daemon();
  here.ok({"enqueue", "-q", "mail", "-t", "stubborn", "--id", "s1"});
  daemon->await_line("s1  ✝ dead: timed out after 50ms, killed by SIGKILL");
  daemon->signal(SIGTERM);
  CHECK(daemon->wait() == 0);
  CHECK_THAT(daemon->err(), !Contains("did not stop"));
}
