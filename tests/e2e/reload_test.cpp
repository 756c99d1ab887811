#include "tests/e2e/scene.hpp"

#include <catch2/catch.hpp>

#include <csignal>

using namespace callboard::test;
using Catch::Contains;

TEST_CASE("SIGHUP brings the queues of the new file") {
  scene here;
  auto daemon = here.daemon();
  here.ok({"enqueue", "-q", "video", "-t", "cut", "--id", "v1"});
  here.configure(R"([{"name": "video", "types": {"cut": {"noop": {}}}}])",
                 "\"shutdown_grace\": \"3s\"");
  daemon->signal(SIGHUP);
  CHECK_THAT(daemon->await_line("restart for these to change"),
             Contains("/shutdown_grace"));
  daemon->await_line("reloaded callboard.json: 1 queue");
  daemon->await_line("v1  ✔ done");
  daemon->signal(SIGTERM);
  CHECK(daemon->wait() == 0);
}

TEST_CASE("SIGHUP with a bad file names every problem and changes nothing") {
  scene here;
  auto daemon = here.daemon();
  here.write("callboard.json", R"({"queues": [{"name": ""}], "wat": 1})");
  daemon->signal(SIGHUP);
  daemon->await_line("nothing has changed");
  CHECK_THAT(daemon->err(), Contains("/wat") && Contains("/queues/0")
                                && Contains("/database"));
  here.configure();
  here.ok({"enqueue", "-q", "mail", "-t", "welcome", "--id", "a1"});
  daemon->await_line("a1  ✔ done");
  daemon->signal(SIGTERM);
  CHECK(daemon->wait() == 0);
}

TEST_CASE("a job that runs through a reload is finished, and only once") {
  scene here;
  here.close_gate();
  here.ok({"enqueue", "-q", "mail", "-t", "gate", "--id", "g1"});
  auto daemon = here.daemon();
  daemon->await_line("g1  ▶ started");
  daemon->signal(SIGHUP);
  CHECK_THAT(daemon->await_line("the new workers have begun"),
             Contains("1 job of the old ones still runs: mail/gate g1"));
  here.ok({"enqueue", "-q", "mail", "-t", "welcome", "--id", "a1"});
  daemon->await_line("a1  ✔ done");
  CHECK_THAT(daemon->err(), !Contains("reloaded"));
  here.open_gate();
  daemon->await_line("g1  ✔ done");
  daemon->await_line(
      "reloaded callboard.json: 1 queue; the old workers have ended");
  daemon->signal(SIGTERM);
  CHECK(daemon->wait() == 0);
  CHECK(here.ok({"jobs"}).find("mail") == std::string::npos);
}

TEST_CASE("a job whose queue a reload takes away is stopped after the grace, "
          "and tried again where the queue is") {
  scene here;
  here.configure(mail_queue, "\"shutdown_grace\": \"100ms\"");
  here.close_gate();
  here.ok({"enqueue", "-q", "mail", "-t", "gate", "--id", "g1"});
  auto daemon = here.daemon();
  daemon->await_line("g1  ▶ started");
  here.configure(R"([{"name": "video", "types": {"cut": {"noop": {}}}}])",
                 "\"shutdown_grace\": \"100ms\"");
  daemon->signal(SIGHUP);
  daemon->await_line("1 job of the old ones still runs: mail/gate g1");
  daemon->await_line(
      "asked to stop, since their queue was taken away: mail/gate g1");
  daemon->await_line("reloaded callboard.json: 1 queue");
  daemon->await_line("g1  ✖ failed (attempt 1 of 5): stopped (closing)");
  CHECK_THAT(here.ok({"jobs"}), Contains("g1"));
  here.configure(mail_queue, "\"shutdown_grace\": \"100ms\"");
  daemon->signal(SIGHUP);
  daemon->await_line("g1  ▶ started, attempt 2");
  here.open_gate(2);
  daemon->await_line("g1  ✔ done");
  daemon->signal(SIGTERM);
  CHECK(daemon->wait() == 0);
}
