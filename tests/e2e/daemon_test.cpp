#include "tests/e2e/scene.hpp"

#include <catch2/catch.hpp>

#include <csignal>

using namespace callboard::test;
using Catch::Contains;

TEST_CASE("a daemon that is asked to end finishes what runs") {
  scene here;
  here.close_gate();
  here.ok({"enqueue", "-q", "mail", "-t", "gate", "--id", "g1"});
  auto daemon = here.daemon();
  daemon->await_line("g1  ▶ started");
  daemon->signal(SIGTERM);
  CHECK_THAT(daemon->await_line("ending: no new jobs"),
             Contains("1 job may take") && Contains("mail/gate g1"));
  here.ok({"enqueue", "-q", "mail", "-t", "welcome", "--id", "late"});
  here.open_gate();
  CHECK(daemon->wait() == 0);
  CHECK_THAT(daemon->out(), Contains("g1  ✔ done") && !Contains("late"));
  CHECK_THAT(here.ok({"jobs"}), Contains("late") && !Contains("g1"));
}

TEST_CASE("a job that is stopped when the grace ends is performed again") {
  scene here;
  here.configure(mail_queue, "\"shutdown_grace\": \"100ms\"");
  here.close_gate();
  here.ok({"enqueue", "-q", "mail", "-t", "gate", "--id", "g1"});
  auto daemon = here.daemon();
  daemon->await_line("g1  ▶ started");
  daemon->signal(SIGTERM);
  CHECK(daemon->wait() == 0);
  CHECK_THAT(here.ok({"jobs"}), Contains("g1"));
}

TEST_CASE("a job that outlives the grace period is named, and not lost") {
  scene here;
  here.configure(mail_queue, "\"shutdown_grace\": \"100ms\"");
  here.close_gate();
  here.ok({"enqueue", "-q", "mail", "-t", "stubborn", "--id", "s1"});
  auto daemon = here.daemon();
  daemon->await_line("s1  ▶ started");
  daemon->signal(SIGTERM);
  CHECK(daemon->wait() == 1);
  CHECK_THAT(daemon->err(), Contains("performed again: mail/stubborn s1"));
  auto next = here.daemon();
  next->await_line("s1  ▶ started, attempt 2");
  here.open_gate(2);
  next->await_line("s1  ✔ done");
  next->signal(SIGTERM);
  CHECK(next->wait() == 0);
}

TEST_CASE("a second signal ends a daemon at once, and no job is lost") {
  scene here;
  here.close_gate();
  here.ok({"enqueue", "-q", "mail", "-t", "gate", "--id", "g1"});
  auto daemon = here.daemon();
  daemon->await_line("g1  ▶ started");
  daemon->signal(SIGINT);
  daemon->await_line("ending: no new jobs");
  daemon->signal(SIGINT);
  CHECK(daemon->wait() == 1);
  CHECK_THAT(daemon->err(),
             Contains("asked twice to end") && Contains("mail/gate g1"));
  auto next = here.daemon();
  next->await_line("g1  ▶ started, attempt 2");
  here.open_gate(2);
  next->await_line("g1  ✔ done");
  next->signal(SIGTERM);
  CHECK(next->wait() == 0);
}

TEST_CASE("a daemon that is killed loses no job") {
  scene here;
  here.close_gate();
  here.ok({"enqueue", "-q", "mail", "-t", "gate", "--id", "g1"});
  auto first = here.daemon();
  first->await_line("g1  ▶ started");
  auto second = here.daemon();
  first->signal(SIGKILL);
  CHECK(first->wait() == -SIGKILL);
  second->await_line("g1  ▶ started, attempt 2");
  here.open_gate(2);
  second->await_line("g1  ✔ done");
  second->signal(SIGTERM);
  CHECK(second->wait() == 0);
}

TEST_CASE("the log is one JSON object a line when asked") {
  scene here;
  here.configure(mail_queue, "\"log\": {\"format\": \"json\"}");
  here.ok({"enqueue", "-q", "mail", "-t", "welcome", "--id", "a1"});
  auto done = here.callboard({"run", "--once"});
  CHECK(done.code == 0);
  CHECK(done.out.empty());
  CHECK_THAT(done.err, Catch::StartsWith("{\"time\":\"20")
                           && Contains("\"level\":\"info\"")
                           && Contains("\"message\":\"ready: 1 queue, 2 slots")
                           && Contains("\"a1\""));
}
