#include "tests/e2e/scene.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <csignal>

using namespace callboard::test;
using Catch::Contains;

TEST_CASE("two daemons on one database perform every job exactly once") {
  scene here;
  std::vector<std::string> ids;
  std::string lines;
  for (int i = 1000; i < 1200; ++i) {
    ids.push_back("j" + std::to_string(i));
    lines += "{\"queue\": \"mail\", \"type\": \"ledger\", \"id\": \""
             + ids.back() + "\"}\n";
  }
  auto first = here.daemon();
  here.ok({"enqueue", "-q", "mail", "-t", "welcome", "--id", "a1"});
  first->await_line("a1  ✔ done");
  auto second = here.start({"run", "--live"});
  CHECK_THAT(second->await_line("this database already has 1 node"),
             Contains("share its queues"));
  second->await_line("ready: ");
  here.ok({"enqueue", "--stdin", "--quiet"}, lines);
  // The third one only waits until all is done, also by the others.
  here.ok({"run", "--once"});
  for (auto* each : {first.get(), second.get()}) {
    each->signal(SIGTERM);
    CHECK(each->wait() == 0);
  }
  auto performed = here.lines_of("ledger");
  std::sort(performed.begin(), performed.end());
  CHECK(performed == ids);
}
