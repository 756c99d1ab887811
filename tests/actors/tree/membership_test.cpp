#include "tests/support/tree_fixture.hpp"

#include <catch2/catch.hpp>

using namespace callboard;
using namespace callboard::testing;
using namespace std::chrono_literals;

namespace {

mux completing() {
  return [](const job&, context&) {
    return complete();
  };
}

} // namespace

TEST_CASE("a node that was declared dead stops its jobs and joins anew") {
  tree_fixture tree;
  tree.control_slots();
  tree.upgrade({{.queue = "mail", .handle = completing()}});
  tree.enqueue({{.queue = "mail", .type = "any", .id = "a"}});
  tree.settle();
  tree.db->bury_all_nodes();
  // The next heartbeat finds out.
  tree.advance(1100ms);
  CHECK(tree.stop_requested("a"));
  CHECK(tree.events->count_prefix("error : incarnation_lost") == 1);
  CHECK(tree.db->node_count() == 1);
  // The old handler ends: too late, the lease is another's.
  tree.finish("a");
  tree.settle();
  CHECK(tree.events->count("fenced a") == 1);
  CHECK(tree.events->count("completed a") == 0);
  // It runs again under a new lease.
  tree.advance(1s);
  REQUIRE(tree.running() == std::vector<std::string>{"a"});
  tree.finish("a");
  tree.settle();
  CHECK(tree.events->count("completed a") == 1);
}

TEST_CASE("jobs of a dead node are freed, told of, and performed here") {
  tree_fixture tree;
  auto other = tree.db->connect().value();
  REQUIRE(other->join("other", "").has_value());
  tree.store({.queue = "mail", .type = "any", .id = "a"});
  REQUIRE(other->lease({{.queue = "mail"}}).value()[0].jobs.size() == 1);
  tree.upgrade(
      {{.queue = "mail", .poll_interval = 1h, .handle = completing()}});
  tree.advance(1s);
  CHECK(tree.events->count("completed a") == 0);
  other.reset();
  // The next look misses it; it has a while to come back.
  tree.advance(300ms);
  CHECK(tree.events->count("reclaimed 1 of other") == 0);
  tree.advance(600ms);
  CHECK(tree.events->count("reclaimed 1 of other") == 1);
  CHECK(tree.events->count("completed a") == 1);
}

TEST_CASE("two suspects of one queue never run together") {
  tree_fixture tree;
  tree.control_slots();
  auto other = tree.db->connect().value();
  REQUIRE(other->join("other", "").has_value());
  tree.store({.queue = "mail", .type = "any", .id = "a"});
  tree.store({.queue = "mail", .type = "any", .id = "b"});
  REQUIRE(other->lease({{.queue = "mail", .limit = 2}}).value()[0].jobs.size()
          == 2);
  other.reset();
  tree.upgrade({{.queue = "mail", .concurrency = 4, .handle = completing()}});
  tree.advance(1s);
  REQUIRE(tree.running() == std::vector<std::string>{"a"});
  tree.finish("a");
  tree.settle();
  CHECK(tree.running() == std::vector<std::string>{"b"});
  tree.finish("b");
  tree.settle();
  CHECK(tree.db->jobs().empty());
}

TEST_CASE("two suspects of different queues never run together on a node") {
  tree_fixture tree;
  tree.control_slots();
  auto other = tree.db->connect().value();
  REQUIRE(other->join("other", "").has_value());
  tree.store({.queue = "mail", .type = "any", .id = "a"});
  tree.store({.queue = "video", .type = "any", .id = "b"});
  REQUIRE(other->lease({{.queue = "mail"}, {.queue = "video"}}).has_value());
  other.reset();
  tree.upgrade({{.queue = "mail", .concurrency = 4, .handle = completing()},
                {.queue = "video", .concurrency = 4, .handle = completing()}});
  tree.advance(3s);
  REQUIRE(tree.running().size() == 1);
  auto first = tree.running().front();
  auto second = first == "a" ? "b" : "a";
  // The other one waits, with its attempt refunded.
  CHECK(tree.db->job(second)->state == job_state::suspect);
  CHECK(tree.db->job(second)->value.attempt == 1);
  tree.finish(first);
  tree.settle();
  // It follows at once, without a poll.
  CHECK(tree.running() == std::vector<std::string>{second});
  CHECK(tree.db->job(second)->value.attempt == 2);
  tree.finish(second);
  tree.settle();
  CHECK(tree.db->jobs().empty());
  CHECK(tree.peak() == 1);
}

TEST_CASE("the node tells that it lives, and what its queues do") {
  tree_fixture tree;
  tree.upgrade({{.queue = "mail", .concurrency = 2, .handle = completing()}});
  tree.enqueue({{.queue = "mail", .type = "any", .id = "a"}});
  tree.advance(2100ms);
  auto nodes = tree.db->connect().value()->nodes().value();
  REQUIRE(nodes.size() == 1);
  CHECK(nodes[0].name == "this-node");
  CHECK(nodes[0].alive);
  REQUIRE(nodes[0].queues.size() == 1);
  CHECK(nodes[0].queues[0].concurrency == 2);
  CHECK(nodes[0].queues[0].performed == 1);
}

TEST_CASE("the node tells of the queues that it works on, and of no others") {
  tree_fixture tree;
  auto told = [&] {
    auto nodes = tree.db->connect().value()->nodes().value();
    std::vector<std::string> queues;
    for (const auto& one : nodes.at(0).queues)
      queues.push_back(one.queue);
    return queues;
  };
  tree.upgrade({{.queue = "mail", .concurrency = 7, .handle = completing()},
                {.queue = "video", .handle = completing()}});
  tree.enqueue({{.queue = "mail", .type = "any", .id = "a"}});
  tree.store({.queue = "strange", .type = "any", .id = "s"});
  tree.settle();
  // Somebody looks at the metrics, so that the backlog is counted.
  (void)tree.metrics();
  tree.advance(20s);
  REQUIRE(tree.metrics().queues.at("strange").waiting == 1);
  CHECK(told() == std::vector<std::string>{"mail", "video"});
  tree.upgrade({{.queue = "video", .handle = completing()}});
  tree.advance(3s);
  CHECK(told() == std::vector<std::string>{"video"});
  CHECK(tree.metrics().queues.at("mail").leased == 1);
}
