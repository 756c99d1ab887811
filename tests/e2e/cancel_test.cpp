#include "tests/e2e/ledger.hpp"

#include <catch2/catch.hpp>

#include <csignal>

using namespace callboard::test;
using Catch::Contains;

TEST_CASE("a running job of another process stops when it is cancelled") {
  scene here;
  here.configure("[" + deadly_queue("mail", 1) + "]");
  auto daemon = here.daemon();
  here.ok({"enqueue", "-q", "mail", "-t", "hold", "--id", "h1"});
  daemon->await_line("h1  ▶ started");
  CHECK_THAT(here.ok({"cancel", "h1"}), Contains("h1 asked"));
  daemon->await_line("h1  ✝ dead: cancelled: it was stopped");
  CHECK(noted(here, "stopped h1 1 cancelled") == 1);
  daemon->signal(SIGTERM);
  CHECK(daemon->wait() == 0);
  CHECK_THAT(here.ok({"dead", "show", "h1"}),
             Contains("cancelled: it was stopped"));
}

TEST_CASE("a database with wake-ups does not leave a cancel to the next "
          "heartbeat") {
  scene here{backend::make(backend_kind::postgres)};
  here.configure("[" + deadly_queue("mail", 1) + "]",
                 R"("node": {"heartbeat": "1h", "silence_limit": "1d"})");
  auto daemon = here.daemon();
  here.ok({"enqueue", "-q", "mail", "-t", "hold", "--id", "h1"});
  daemon->await_line("h1  ▶ started");
  here.ok({"cancel", "h1"});
  daemon->await_line("h1  ✝ dead: cancelled: it was stopped");
  daemon->signal(SIGTERM);
  CHECK(daemon->wait() == 0);
}

TEST_CASE("a program that runs for a cancelled job is ended") {
  scene here;
  here.close_gate();
  auto daemon = here.daemon();
  here.ok({"enqueue", "-q", "mail", "-t", "gate", "--id", "g1"});
  daemon->await_line("g1  ▶ started");
  here.ok({"cancel", "g1"});
  daemon->await_line(
      "g1  ✝ dead: cancelled: stopped (cancelled), killed by SIGTERM");
  daemon->signal(SIGTERM);
  CHECK(daemon->wait() == 0);
}
