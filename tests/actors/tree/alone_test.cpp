#include "tests/support/tree_fixture.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace callboard;
using namespace callboard::testing;
using namespace std::chrono_literals;

// A suspect is alone on its node.

namespace {

worker_config queue_of(const std::string& name, bool isolated = false,
                       int concurrency = 2) {
  return {.queue = name,
          .concurrency = concurrency,
          .handle
          = mux{}.otherwise([](const job&, context&) { return complete(); },
                            {.isolated = isolated})};
}

struct house : tree_fixture {
  house() { control_slots(); }

  void add(const std::string& queue, const std::string& id) {
    enqueue({{.queue = queue, .type = "any", .id = id}});
    settle();
  }

  /// A job that waits as a suspect; nobody is told.
  void add_suspect(const std::string& queue, const std::string& id) {
    auto other = db->connect().value();
    REQUIRE(other->join("other", "").has_value());
    store({.queue = queue, .type = "any", .id = id});
    REQUIRE(other->lease({{.queue = queue, .suspects = false}})
                .value()[0]
                .jobs.size()
            == 1);
    other.reset();
    REQUIRE(db->connect()
                .value()
                ->reclaim({.silence = 1h, .max_crashes = 3})
                .value()
                .freed
            == 1);
  }

  void wake_and_settle(const std::string& queue) {
    wake(queue);
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
};

} // namespace

TEST_CASE("a suspect begins when nothing else runs, and nothing begins "
          "beside it") {
  house tree;
  tree.upgrade({queue_of("mail"), queue_of("video")});
  tree.add("video", "v1");
  tree.add("mail", "m1");
  tree.add_suspect("mail", "s");
  tree.wake_and_settle("mail");
  CHECK_FALSE(tree.runs("s"));
  // Free slots do not help them.
  tree.add("video", "v2");
  tree.add("mail", "m2");
  CHECK_FALSE(tree.runs("v2"));
  CHECK_FALSE(tree.runs("m2"));
  tree.end("v1");
  CHECK_FALSE(tree.runs("s"));
  tree.end("m1");
  REQUIRE(tree.running() == std::vector<std::string>{"s"});
  tree.advance(1s);
  REQUIRE(tree.running() == std::vector<std::string>{"s"});
  tree.end("s");
  CHECK(tree.runs("v2"));
  CHECK(tree.runs("m2"));
}

TEST_CASE("before a suspect begins, the node holds nothing that it could take "
          "along") {
  house tree;
  tree.upgrade({queue_of("mail", false, 1), queue_of("video", false, 1)});
  // Ends at once, which teaches the poller that chunks may be long.
  tree.add("video", "quick");
  tree.end("quick");
  tree.enqueue({{.queue = "video", .type = "any", .id = "v1"},
                {.queue = "video", .type = "any", .id = "v2"},
                {.queue = "video", .type = "any", .id = "v3"}});
  tree.settle();
  REQUIRE(tree.runs("v1"));
  REQUIRE(tree.db->job("v2")->state == job_state::running);
  tree.add_suspect("mail", "s");
  tree.wake_and_settle("mail");
  // Handed back, as if never leased.
  CHECK(tree.db->job("v2")->state == job_state::waiting);
  CHECK(tree.db->job("v3")->state == job_state::waiting);
  CHECK(tree.db->job("v3")->value.attempt == 0);
  // What v1 did must be written before the suspect can spoil it.
  tree.db->fail("settle",
                {.why = {errc::database_busy, "locked"}, .breaks = false});
  tree.end("v1");
  CHECK_FALSE(tree.runs("s"));
  tree.advance(1s);
  CHECK(tree.events->count("completed v1") == 1);
  CHECK(tree.running() == std::vector<std::string>{"s"});
  tree.end("s");
  CHECK(tree.runs("v2"));
}

TEST_CASE("others begin when it is written what became of a suspect") {
  house tree;
  tree.upgrade({queue_of("mail"), queue_of("video")});
  tree.add_suspect("mail", "s");
  tree.wake_and_settle("mail");
  tree.add("video", "v1");
  REQUIRE(tree.running() == std::vector<std::string>{"s"});
  tree.db->fail("settle",
                {.why = {errc::database_busy, "locked"}, .breaks = false}, 2);
  tree.end("s");
  CHECK_FALSE(tree.runs("v1"));
  CHECK(tree.db->job("s")->state == job_state::running);
  for (int i = 0; i < 400 && !tree.runs("v1"); ++i)
    tree.advance(10ms);
  CHECK(tree.runs("v1"));
  CHECK_FALSE(tree.db->job("s"));
  // A database that is away keeps nobody waiting for ever.
  tree.end("v1");
  tree.add_suspect("mail", "t");
  tree.wake_and_settle("mail");
  tree.add("video", "v2");
  tree.db->fail("settle",
                {.why = {errc::database_busy, "locked"}, .breaks = false},
                1000);
  tree.end("t");
  CHECK_FALSE(tree.runs("v2"));
  tree.advance(5s);
  CHECK(tree.runs("v2"));
}

TEST_CASE("a suspect waits for others 5 s at the most, and they for it") {
  house tree;
  tree.upgrade({queue_of("mail"), queue_of("video")});
  tree.add("video", "long");
  tree.add_suspect("mail", "s");
  tree.wake_and_settle("mail");
  tree.add("video", "v2");
  tree.advance(4990ms);
  CHECK(tree.running() == std::vector<std::string>{"long"});
  tree.advance(20ms);
  CHECK(tree.running() == std::vector<std::string>{"long", "s"});
  tree.advance(4970ms);
  CHECK_FALSE(tree.runs("v2"));
  tree.advance(40ms);
  CHECK(tree.running() == std::vector<std::string>{"long", "s", "v2"});
  tree.end("s");
  tree.end("long");
  tree.end("v2");
  CHECK(tree.db->jobs().empty());
}

TEST_CASE("a queue whose jobs run elsewhere goes on, and nobody waits for "
          "it") {
  house tree;
  tree.upgrade({queue_of("mail"), queue_of("programs", true)});
  tree.add("programs", "p1");
  tree.add_suspect("mail", "s");
  tree.wake_and_settle("mail");
  CHECK(tree.runs("s"));
  tree.add("programs", "p2");
  CHECK(tree.runs("p2"));
  tree.add("mail", "m1");
  CHECK_FALSE(tree.runs("m1"));
  tree.end("s");
  CHECK(tree.runs("m1"));
}

TEST_CASE("a suspect whose queue runs elsewhere by now is a job like others") {
  house tree;
  tree.upgrade({queue_of("mail"), queue_of("programs", true)});
  tree.add("mail", "m1");
  tree.add_suspect("programs", "s1");
  tree.add_suspect("programs", "s2");
  tree.wake_and_settle("programs");
  tree.add("mail", "m2");
  CHECK(tree.runs("m2"));
  CHECK(tree.runs("s1"));
  // One slot is free still, and no other suspect of this node in the way.
  tree.add_suspect("mail", "s3");
  tree.wake_and_settle("mail");
  tree.end("m1");
  tree.end("m2");
  CHECK(tree.runs("s3"));
}

TEST_CASE("an upgrade in between leaves a suspect its turn") {
  house tree;
  tree.upgrade({queue_of("mail"), queue_of("video")});
  tree.add("video", "v1");
  tree.add_suspect("mail", "s");
  tree.wake_and_settle("mail");
  tree.upgrade({queue_of("mail"), queue_of("video"), queue_of("third")});
  tree.settle();
  tree.add("third", "t1");
  CHECK(tree.running() == std::vector<std::string>{"v1"});
  tree.end("v1");
  CHECK(tree.running() == std::vector<std::string>{"s"});
  tree.end("s");
  CHECK(tree.running() == std::vector<std::string>{"t1"});
  CHECK(tree.events->count("completed s") == 1);
}

TEST_CASE("a suspect whose queue is taken away keeps nobody waiting") {
  house tree;
  tree.upgrade({queue_of("mail"), queue_of("video")});
  tree.add("video", "v1");
  tree.add_suspect("mail", "s");
  tree.wake_and_settle("mail");
  tree.add("video", "v2");
  tree.upgrade({queue_of("video")});
  tree.settle();
  CHECK(tree.db->job("s")->state == job_state::suspect);
  CHECK(tree.runs("v2"));
}

TEST_CASE("a poller that dies with a suspect in its hands has an heir that "
          "lets it run") {
  house tree;
  tree.upgrade({queue_of("mail"), queue_of("video")});
  tree.add("video", "v1");
  tree.add_suspect("mail", "s");
  tree.wake_and_settle("mail");
  // The older one is mail's.
  tree.kill("poller");
  tree.settle();
  tree.end("v1");
  CHECK(tree.running() == std::vector<std::string>{"s"});
  tree.add("video", "v2");
  CHECK_FALSE(tree.runs("v2"));
  tree.end("s");
  CHECK(tree.runs("v2"));
}

TEST_CASE("a slot that dies with a suspect lets the others go on") {
  house tree;
  tree.upgrade({queue_of("mail"), queue_of("video")});
  tree.add_suspect("mail", "s");
  tree.wake_and_settle("mail");
  REQUIRE(tree.runs("s"));
  tree.add("video", "v1");
  CHECK_FALSE(tree.runs("v1"));
  tree.kill_slot("s");
  tree.settle();
  CHECK(tree.runs("v1"));
}

TEST_CASE("suspects one after the other leave room for others between them") {
  house tree;
  tree.upgrade({queue_of("mail"), queue_of("video")});
  for (const auto* id : {"s1", "s2", "s3"})
    tree.add_suspect("mail", id);
  tree.wake_and_settle("mail");
  tree.add("video", "v1");
  std::vector<std::string> order;
  while (!tree.running().empty()) {
    REQUIRE(tree.running().size() <= 2);
    order.push_back(tree.running().front());
    tree.end(order.back());
  }
  REQUIRE(order.size() == 4);
  CHECK(order.front() == "s1");
  CHECK(tree.db->jobs().empty());
}

TEST_CASE("a close does not wait for the turn of a suspect") {
  house tree;
  tree.upgrade({queue_of("mail"), queue_of("video")});
  tree.add("video", "v1");
  tree.add_suspect("mail", "s");
  tree.wake_and_settle("mail");
  auto closing = tree.close();
  tree.settle();
  CHECK(tree.db->job("s")->state == job_state::suspect);
  CHECK(tree.db->job("s")->value.attempt == 1);
  tree.end("v1");
  REQUIRE(tree.answer(closing));
  CHECK(tree.answer(closing)->drained);
  CHECK(tree.alive("") == 0);
}
