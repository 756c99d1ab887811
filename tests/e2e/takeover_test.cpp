#include "tests/e2e/ledger.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <iostream>

using namespace callboard;
using namespace callboard::test;
using Catch::Contains;

namespace {

using steady = std::chrono::steady_clock;

std::chrono::milliseconds since(steady::time_point start) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(steady::now()
                                                               - start);
}

std::int64_t attempts_of(const scene& here, const std::string& id) {
  return here.db().open()->connect().value()->find(id).value()->value.attempt;
}

/// Kills a daemon with a running job; answers how long it took until another
/// one had performed it.
std::chrono::milliseconds time_to_recovery(const scene& here,
                                           const std::string& id) {
  auto first = here.daemon();
  here.ok({"enqueue", "-q", "mail", "-t", "hold", "--id", id});
  first->await_line(id + "  ▶ started");
  auto second = here.daemon();
  auto start = steady::now();
  first->signal(SIGKILL);
  second->await_line(id + "  ▶ started, attempt 2");
  auto took = since(start);
  CHECK(first->wait() == -SIGKILL);
  second->await_line(id + "  ✔ done");
  second->signal(SIGTERM);
  CHECK(second->wait() == 0);
  return took;
}

} // namespace

TEST_CASE("a job of a daemon that was killed is performed by another within "
          "seconds, its attempt counted") {
  scene here;
  here.configure("[" + deadly_queue("mail", 2) + "]");
  // For figures: CALLBOARD_TEST_RECOVERIES=20.
  const auto* wish = std::getenv("CALLBOARD_TEST_RECOVERIES");
  auto rounds = wish ? std::max(std::atoi(wish), 1) : 1;
  std::vector<std::chrono::milliseconds> times;
  for (int i = 0; i < rounds; ++i)
    times.push_back(time_to_recovery(here, "h" + std::to_string(i)));
  std::sort(times.begin(), times.end());
  std::cout << to_string(here.db().kind()) << ": time to recovery after kill -9"
            << ": p50 " << times[times.size() / 2].count() << " ms, max "
            << times.back().count() << " ms (" << times.size() << ")\n";
  CHECK(times.back() < std::chrono::seconds{10});
  CHECK(noted(here, "did h") == times.size());
  CHECK(noted(here, "did h0 2") == 1);
}

TEST_CASE("what a killed daemon had only fetched ahead has its attempt "
          "back") {
  scene here;
  here.configure("[" + deadly_queue("mail", 1) + "]");
  // Quick ones teach the poller to fetch ahead; then one kills the process
  // that has others behind it in its hands.
  std::string lines;
  for (int i = 0; i < 30; ++i)
    lines += job_line("mail", "write", "a" + std::to_string(100 + i));
  lines += job_line("mail", "die_once", "b-deadly", "kill");
  for (int i = 0; i < 30; ++i)
    lines += job_line("mail", "write", "c" + std::to_string(100 + i));
  here.ok({"enqueue", "--stdin", "--quiet"}, lines);
  CHECK(here.start({"run"})->wait() == -SIGKILL);
  auto held = here.db().open()->connect().value()->list(
      {.state = job_state::running, .limit = 1000}, false);
  CHECK(held.value().size() > 1);
  // In the midst of a burst the start of the deadly one may not have been
  // recorded: then it has its first attempt, and dies, once more.
  if (here.callboard({"run", "--once"}).code != 0)
    here.ok({"run", "--once"});
  CHECK(noted(here, "did b-deadly 2") == 1);
  for (int i = 0; i < 30; ++i)
    CHECK(noted(here, "did c" + std::to_string(100 + i) + " 1") == 1);
}

TEST_CASE("two daemons of one name do each other no harm") {
  scene here;
  const std::string more
      = R"("node": {"name": "twin"}, "shutdown_grace": "100ms")";
  here.configure("[" + deadly_queue("mail", 1) + "]", more);
  auto first = here.daemon();
  here.ok({"enqueue", "-q", "mail", "-t", "hold", "--id", "h1"});
  first->await_line("h1  ▶ started");
  here.configure("[" + deadly_queue("mail", 2) + "]", more);
  auto second = here.daemon();
  here.ok({"enqueue", "-q", "mail", "-t", "hold", "--id", "h2"});
  second->await_line("h2  ▶ started");
  std::string lines;
  for (int i = 0; i < 20; ++i)
    lines += job_line("mail", "write", "w" + std::to_string(10 + i));
  here.ok({"enqueue", "--stdin", "--quiet"}, lines);
  for (int i = 0; i < 20; ++i)
    second->await_line("✔ done");
  // The end of one is not taken for the end of the other.
  first->signal(SIGKILL);
  CHECK(first->wait() == -SIGKILL);
  second->await_line("h1  ▶ started, attempt 2");
  second->await_line("h1  ✔ done");
  CHECK(noted(here, "stopped h2") == 0);
  CHECK(attempts_of(here, "h2") == 1);
  second->signal(SIGTERM);
  CHECK(second->wait() == 0);
  CHECK(noted(here, "stopped h2 1 closing") == 1);
  for (int i = 0; i < 20; ++i)
    CHECK(noted(here, "did w" + std::to_string(10 + i) + " 1") == 1);
}
