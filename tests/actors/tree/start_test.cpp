#include "tests/support/tree_fixture.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace callboard;
using namespace callboard::testing;
using namespace std::chrono_literals;

// When the start of a job is durable, and what a crash makes of its attempt.

namespace {

/// A queue with one slot, which the test controls, and a poller that has seen
/// quick handlers: it takes several jobs at once.
struct quick_queue : tree_fixture {
  quick_queue() {
    control_slots();
    upgrade({worker()});
    add({"quick"});
    finish("quick");
    settle();
  }

  static worker_config worker() {
    return {.queue = "mail", .handle = [](const job&, context&) {
              return complete();
            }};
  }

  void add(const std::vector<std::string>& ids, std::int32_t max_attempts = 0) {
    std::vector<new_job> jobs;
    for (const auto& id : ids)
      jobs.push_back({.queue = "mail",
                      .type = "any",
                      .id = id,
                      .max_attempts = max_attempts});
    enqueue(std::move(jobs));
    settle();
  }

  void end(const std::string& id) {
    finish(id);
    settle();
  }

  bool runs(const std::string& id) const {
    auto all = running();
    return std::count(all.begin(), all.end(), id) > 0;
  }

  job_state state(const std::string& id) const { return db->job(id)->state; }

  /// The attempts of a job after its node died right now.
  std::int32_t attempts_after_crash(const std::string& id) {
    db->bury_all_nodes();
    return db->job(id)->value.attempt;
  }
};

using ids = std::vector<std::string>;

} // namespace

TEST_CASE("a crash counts the attempt of what ran, not of what was fetched "
          "ahead") {
  quick_queue tree;
  tree.add({"a", "b", "c"});
  REQUIRE(tree.running() == ids{"a"});
  REQUIRE(tree.state("b") == job_state::running);
  REQUIRE(tree.state("c") == job_state::running);
  CHECK(tree.attempts_after_crash("a") == 1);
  CHECK(tree.db->job("b")->value.attempt == 0);
  CHECK(tree.db->job("c")->value.attempt == 0);
  // The lease did it: nobody had to ask.
  CHECK(tree.db->calls("start") == 0);
}

TEST_CASE("a last attempt that was fetched ahead is recorded when its turn "
          "comes, and not before") {
  quick_queue tree;
  tree.add({"a", "b", "c"}, 1);
  REQUIRE(tree.running() == ids{"a"});
  CHECK(tree.db->calls("start") == 0);
  tree.end("a");
  REQUIRE(tree.running() == ids{"b"});
  CHECK(tree.db->calls("start") <= 1);
  // What ran is dead, since it had one attempt; what did not has it still.
  CHECK(tree.attempts_after_crash("b") == 1);
  CHECK(tree.db->job("c")->value.attempt == 0);
}

TEST_CASE("a last attempt waits for the record of its start, however long "
          "that takes") {
  quick_queue tree;
  tree.add({"a"});
  // Leased together with others, so that b and c lie behind a.
  tree.add({"b", "c"}, 1);
  tree.end("a");
  auto first = tree.running();
  REQUIRE(first.size() == 1);
  tree.db->fail("start",
                {.why = {errc::database_busy, "locked"}, .breaks = false}, 3);
  tree.end(first.front());
  if (tree.db->calls("start") == 0)
    SUCCEED("it was leased when its turn came");
  tree.advance(3s);
  CHECK(tree.running().size() == 1);
  CHECK(tree.attempts_after_crash(tree.running().front()) == 1);
}

TEST_CASE("a job that was lost before its start was recorded is not "
          "started") {
  quick_queue tree;
  tree.add({"a", "b"}, 1);
  REQUIRE(tree.running() == ids{"a"});
  REQUIRE(tree.state("b") == job_state::running);
  auto fence = tree.db->job("b")->fence;
  auto lost = false;
  tree.db->before([&](const operation& what) {
    if (what == "start" && !std::exchange(lost, true))
      tree.db->bury_all_nodes();
  });
  tree.end("a");
  tree.advance(2s);
  REQUIRE(lost);
  // The node joined anew, and b has the attempt still that it was not started
  // for.
  REQUIRE(tree.running() == ids{"b"});
  CHECK(tree.peak() == 1);
  CHECK(tree.db->job("b")->value.attempt == 1);
  CHECK(tree.db->job("b")->fence > fence);
  tree.end("b");
  CHECK(tree.events->count("fenced b") == 0);
  CHECK(tree.events->count("completed b") == 1);
}

TEST_CASE("a job that goes on is recorded late") {
  quick_queue tree;
  tree.add({"a", "b"});
  tree.end("a");
  REQUIRE(tree.running() == ids{"b"});
  CHECK(tree.db->calls("start") == 0);
  tree.advance(4ms);
  CHECK(tree.db->calls("start") == 0);
  tree.advance(10ms);
  CHECK(tree.db->calls("start") == 1);
  tree.advance(1s);
  CHECK(tree.db->calls("start") == 1);
  CHECK(tree.attempts_after_crash("b") == 1);
}

TEST_CASE("the database is back when a start could be recorded") {
  quick_queue tree;
  tree.add({"a", "b"});
  tree.end("a");
  REQUIRE(tree.running() == ids{"b"});
  tree.db->fail("start",
                {.why = {errc::database_busy, "locked"}, .breaks = false});
  tree.advance(20ms);
  CHECK_FALSE(tree.metrics().database.links.at(1).up);
  tree.advance(3s);
  // Nothing else is written while b runs.
  CHECK(tree.running() == ids{"b"});
  CHECK(tree.metrics().database.links.at(1).up);
}

TEST_CASE("a running job whose record says that it was lost is asked to "
          "stop") {
  quick_queue tree;
  tree.add({"a", "b"});
  tree.end("a");
  REQUIRE(tree.running() == ids{"b"});
  tree.db->before([&](const operation& what) {
    if (what == "start")
      tree.db->bury_all_nodes();
  });
  tree.advance(20ms);
  CHECK(tree.why_stopped("b") == stop_reason::lease_lost);
}

TEST_CASE("an upgrade records what the new generation starts, once") {
  quick_queue tree;
  tree.add({"a", "b"}, 1);
  REQUIRE(tree.running() == ids{"a"});
  tree.upgrade({quick_queue::worker()});
  tree.settle();
  auto leases = tree.db->calls("lease");
  tree.end("a");
  REQUIRE(tree.running() == ids{"b"});
  // It was handed over, not leased again.
  CHECK(tree.db->calls("lease") <= leases + 1);
  CHECK(tree.db->calls("start") == 1);
  CHECK(tree.attempts_after_crash("b") == 1);
}

TEST_CASE("a poller that died while a start was being recorded has an heir "
          "that goes on") {
  quick_queue tree;
  tree.add({"a", "b"}, 1);
  REQUIRE(tree.running() == ids{"a"});
  tree.finish("a");
  while (tree.db->calls("start") == 0)
    REQUIRE(tree.step());
  tree.kill("poller");
  tree.settle();
  CHECK(tree.running() == ids{"b"});
  tree.end("b");
  CHECK(tree.db->accepted().size() == 3);
  CHECK(tree.db->jobs().empty());
}

TEST_CASE("jobs that were fetched ahead for slots that are stuck go back") {
  quick_queue tree;
  // From here on the poller knows that leases take a while, so that it fetches
  // ahead for quick handlers.
  auto leases = tree.db->calls("lease");
  tree.enqueue({{.queue = "mail", .type = "any", .id = "a"}});
  while (tree.db->calls("lease") == leases)
    REQUIRE(tree.step());
  tree.pass(20ms);
  tree.settle();
  tree.end("a");
  tree.add({"b", "c", "d"});
  REQUIRE(tree.running() == ids{"b"});
  tree.add({"e", "f"});
  tree.advance(1s);
  REQUIRE(tree.running() == ids{"b"});
  for (const auto* id : {"c", "d", "e", "f"}) {
    CHECK(tree.state(id) == job_state::waiting);
    CHECK(tree.db->job(id)->value.attempt == 0);
  }
  // And stay there, until the slot gets something done.
  leases = tree.db->calls("lease");
  tree.add({"g"});
  tree.advance(500ms);
  CHECK(tree.db->calls("lease") == leases);
  tree.end("b");
  CHECK(tree.running().size() == 1);
}

TEST_CASE("a last attempt begins when the outcomes of last attempts before it "
          "are stored") {
  quick_queue tree;
  const fault locked{.why = {errc::database_busy, "locked"}, .breaks = false};
  SECTION("it was fetched ahead") {
    tree.add({"a", "b"}, 1);
    REQUIRE(tree.running() == ids{"a"});
    tree.db->fail("settle", locked, 4);
    tree.end("a");
  }
  SECTION("it is leased when its turn comes") {
    tree.add({"a"}, 1);
    REQUIRE(tree.running() == ids{"a"});
    tree.db->fail("settle", locked, 4);
    tree.end("a");
    tree.add({"b"}, 1);
  }
  REQUIRE(tree.state("b") == job_state::running);
  // What kills the node now would make a dead letter of what a did.
  CHECK(tree.running().empty());
  tree.advance(300ms);
  CHECK(tree.running().empty());
  CHECK(tree.db->jobs().size() == 2);
  tree.advance(10s);
  CHECK(tree.running() == ids{"b"});
  CHECK(tree.db->jobs().size() == 1);
  CHECK(tree.attempts_after_crash("b") == 1);
}

TEST_CASE("with attempts left, nobody waits for the outcomes before") {
  quick_queue tree;
  tree.add({"a", "b"}, 2);
  REQUIRE(tree.running() == ids{"a"});
  tree.db->fail("settle",
                {.why = {errc::database_busy, "locked"}, .breaks = false}, 3);
  tree.end("a");
  CHECK(tree.running() == ids{"b"});
}
