#include "tests/support/tree_fixture.hpp"

#include <catch2/catch.hpp>

using namespace callboard;
using namespace callboard::testing;
using namespace std::chrono_literals;

namespace {

struct office : tree_fixture {
  office() {
    control_slots();
    upgrade({{.queue = "mail",
              .poll_interval = 1h,
              .handle = [](const job&, context&) {
                return complete();
              }}});
  }

  void add(const std::vector<std::string>& ids) {
    std::vector<new_job> jobs;
    for (const auto& id : ids)
      jobs.push_back({.queue = "mail", .type = "any", .id = id});
    enqueue(std::move(jobs));
    settle();
  }

  /// The poller has seen quick handlers: it takes several jobs at once.
  void hurry() {
    add({"quick"});
    finish("quick");
    settle();
  }
};

using answers = std::vector<cancel_answer>;

} // namespace

TEST_CASE("a job that runs is asked to stop at once, and told why") {
  office tree;
  tree.add({"a"});
  CHECK(tree.cancel({"a"}) == answers{cancel_answer::asked});
  tree.settle();
  CHECK(tree.why_stopped("a") == stop_reason::cancelled);
  tree.finish("a", fail("stopped after 3 pages"));
  tree.settle();
  REQUIRE(tree.db->dead().size() == 1);
  CHECK(tree.db->dead()[0].value.last_error
        == "cancelled: stopped after 3 pages");
  CHECK(tree.events->count("dead a: cancelled: stopped after 3 pages") == 1);
  CHECK(tree.db->jobs().empty());
}

TEST_CASE("whatever a cancelled job answers but completion ends it") {
  office tree;
  auto cancelled_with = [&](const std::string& id, outcome what) {
    tree.add({id});
    tree.cancel({id});
    tree.settle();
    tree.finish(id, std::move(what));
    tree.settle();
    auto dead = tree.db->dead();
    REQUIRE(!dead.empty());
    REQUIRE(dead.back().value.id == id);
    return dead.back().value.last_error;
  };
  CHECK(cancelled_with("a", retry(1h, "later")) == "cancelled: later");
  CHECK(cancelled_with("b", move_to_dlq("no")) == "cancelled: no");
  CHECK(cancelled_with("c", reschedule(by_after(1h)))
        == "cancelled: it wanted to be rescheduled");
}

TEST_CASE("a cancelled job that completes nevertheless is done") {
  office tree;
  tree.add({"a"});
  tree.cancel({"a"});
  tree.settle();
  tree.finish("a");
  tree.settle();
  CHECK(tree.events->count("completed a") == 1);
  CHECK(tree.db->dead().empty());
}

TEST_CASE("a cancelled job that lies behind another is never started") {
  office tree;
  tree.hurry();
  tree.add({"a", "b", "c"});
  REQUIRE(tree.running() == std::vector<std::string>{"a"});
  REQUIRE(tree.db->job("b")->state == job_state::running);
  CHECK(tree.cancel({"b"}) == answers{cancel_answer::asked});
  tree.settle();
  REQUIRE(tree.db->dead().size() == 1);
  CHECK(tree.db->dead()[0].value.last_error == "cancelled: it had not started");
  tree.finish("a");
  tree.settle();
  CHECK(tree.running() == std::vector<std::string>{"c"});
  CHECK(tree.events->count("started b") == 0);
}

TEST_CASE("a cancelled job in the poller's hands is never started") {
  office tree;
  tree.hurry();
  tree.enqueue(
      {{.queue = "mail", .type = "any", .id = "a", .max_attempts = 1},
       {.queue = "mail", .type = "any", .id = "b", .max_attempts = 1}});
  tree.settle();
  REQUIRE(tree.running() == std::vector<std::string>{"a"});
  REQUIRE(tree.db->job("b")->state == job_state::running);
  tree.cancel({"b"});
  tree.settle();
  CHECK(tree.db->dead().size() == 1);
  tree.finish("a");
  tree.settle();
  CHECK(tree.running().empty());
  CHECK(tree.events->count("completed a") == 1);
}

TEST_CASE("where nobody tells of it, the next heartbeat finds it") {
  office tree;
  tree.add({"a"});
  tree.cancel({"a"}, false);
  tree.advance(900ms);
  CHECK_FALSE(tree.stop_requested("a"));
  tree.advance(200ms);
  CHECK(tree.why_stopped("a") == stop_reason::cancelled);
}

TEST_CASE("a hint that comes during a heartbeat is not lost") {
  office tree;
  tree.add({"a"});
  auto beats = tree.db->calls("heartbeat");
  tree.pass(1s);
  while (tree.db->calls("heartbeat") == beats)
    REQUIRE(tree.step());
  // That one has looked already; its answer is still in the mail.
  tree.cancel({"a"});
  tree.settle();
  CHECK(tree.stop_requested("a"));
  CHECK(tree.db->calls("heartbeat") == beats + 2);
}

TEST_CASE("hints do not add to the beat of the heart") {
  office tree;
  tree.advance(100ms);
  auto beats = tree.db->calls("heartbeat");
  for (int i = 0; i < 10; ++i) {
    tree.cancel({"x"});
    tree.settle();
  }
  CHECK(tree.db->calls("heartbeat") == beats + 10);
  tree.advance(3s);
  CHECK(tree.db->calls("heartbeat") == beats + 13);
}

TEST_CASE("a cancelled job whose slot dies is not tried again") {
  office tree;
  tree.add({"a"});
  tree.cancel({"a"});
  tree.settle();
  tree.kill_slot("a");
  tree.settle();
  REQUIRE(tree.db->dead().size() == 1);
  CHECK_THAT(tree.db->dead()[0].value.last_error,
             Catch::StartsWith("cancelled: the slot died"));
}

TEST_CASE("a node that never hears of it hands the job to one that buries "
          "it") {
  office tree;
  tree.add({"a"});
  tree.cancel({"a"}, false);
  // Before the heartbeat.
  tree.finish("a", retry(1h, "later"));
  tree.settle();
  // Due at once, in spite of the hour.
  REQUIRE(tree.db->dead().size() == 1);
  CHECK_THAT(tree.db->dead()[0].value.last_error,
             Catch::StartsWith("cancelled"));
}
