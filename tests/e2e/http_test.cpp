#include "tests/e2e/scene.hpp"

#include <catch2/catch.hpp>
#include <httplib.h>

#include <csignal>

using namespace callboard::test;
using Catch::Contains;

namespace {

/// A daemon on a free port, and its address.
struct served {
  explicit served(scene& here) {
    // Port 0 is not for config files; the first free one is.
    for (int port = 20'000 + getpid() % 10'000;; ++port) {
      here.configure(mail_queue, "\"http\": {\"listen\": \"127.0.0.1:"
                                     + std::to_string(port) + "\"}");
      daemon = here.start({"run", "--live"});
      auto line = daemon->await_line("http://127.0.0.1:");
      if (line.find("ready: ") != line.npos) {
        address = line.substr(line.find("http://"));
        return;
      }
    }
  }

  std::unique_ptr<process> daemon;
  std::string address;
};

} // namespace

TEST_CASE("a daemon serves its metrics and health") {
  scene here;
  here.ok({"enqueue", "-q", "mail", "-t", "broken", "--id", "b1"});
  served node{here};
  node.daemon->await_line("b1  ✝ dead");
  httplib::Client client{node.address};
  auto health = client.Get("/health");
  REQUIRE(health);
  CHECK(health->status == 200);
  CHECK_THAT(health->body, Contains("\"status\":\"ok\""));
  auto metrics = client.Get("/metrics");
  REQUIRE(metrics);
  CHECK(metrics->status == 200);
  CHECK_THAT(metrics->body,
             Contains("queue=\"mail\"") && Contains("type=\"broken\"")
                 && Contains("\ncallboard_log_lines_dropped_total 0\n"));
  CHECK(client.Get("/nothing")->status == 404);
  node.daemon->signal(SIGTERM);
  CHECK(node.daemon->wait() == 0);
}

TEST_CASE("health is 503 while a daemon drains") {
  scene here;
  here.close_gate();
  here.ok({"enqueue", "-q", "mail", "-t", "gate", "--id", "g1"});
  served node{here};
  node.daemon->await_line("g1  ▶ started");
  node.daemon->signal(SIGTERM);
  node.daemon->await_line("ending: no new jobs");
  httplib::Client client{node.address};
  auto health = client.Get("/health");
  REQUIRE(health);
  CHECK(health->status == 503);
  CHECK_THAT(health->body, Contains("draining"));
  here.open_gate();
  CHECK(node.daemon->wait() == 0);
}

TEST_CASE("a port in use ends the start with its name and the remedy") {
  scene here;
  served first{here};
  auto second = here.callboard({"run"});
  CHECK(second.code == 1);
  CHECK_THAT(second.err, Contains(first.address) && Contains("already in use")
                             && Contains("/http/listen"));
  first.daemon->signal(SIGTERM);
  CHECK(first.daemon->wait() == 0);
}
