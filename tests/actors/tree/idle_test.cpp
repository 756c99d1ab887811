#include "tests/support/tree_fixture.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <string>
#include <vector>

using namespace callboard;
using namespace callboard::testing;
using namespace std::chrono_literals;

/// What a node costs its database while there is nothing to do.
namespace {

mux completing() {
  return [](const job&, context&) {
    return complete();
  };
}

std::vector<worker_config> empty_queues(std::size_t count,
                                        duration interval = 1s) {
  std::vector<worker_config> all;
  for (std::size_t i = 0; i < count; ++i)
    all.push_back({.queue = "q" + std::to_string(i),
                   .poll_interval = interval,
                   .handle = completing()});
  return all;
}

struct idle_node : tree_fixture {
  /// The calls of an operation in the next minute.
  std::size_t in_a_minute(const operation& which) {
    auto before = db->calls(which);
    advance(1min);
    return db->calls(which) - before;
  }
};

} // namespace

TEST_CASE("a node with 100 empty queues makes less than 2 calls a second") {
  idle_node tree;
  tree.upgrade(empty_queues(100));
  tree.hear_of_join();
  tree.advance(5s);
  std::map<operation, int> calls;
  tree.db->before([&](const operation& which) { ++calls[which]; });
  tree.advance(1min);
  CHECK(calls == std::map<operation, int>{{"heartbeat", 30}, {"lease", 60}});
}

TEST_CASE("idle queues are looked at together, each in its interval") {
  idle_node tree;
  tree.upgrade(empty_queues(100));
  tree.advance(5s);
  auto looked = tree.events->count("empty q7");
  CHECK(tree.in_a_minute("lease") == 60);
  CHECK(tree.events->count("empty q7") == looked + 60);
}

TEST_CASE("a queue that was looked at out of turn comes back to the others") {
  idle_node tree;
  tree.upgrade(empty_queues(3));
  tree.advance(5300ms);
  tree.wake("q1");
  tree.advance(1s);
  CHECK(tree.in_a_minute("lease") == 60);
}

TEST_CASE("queues with other intervals join in when their ticks meet") {
  idle_node tree;
  auto queues = empty_queues(3);
  queues[1].poll_interval = 500ms;
  queues[2].poll_interval = 2s;
  tree.upgrade(queues);
  tree.advance(5s);
  CHECK(tree.in_a_minute("lease") == 120);
}

TEST_CASE("a job that nobody tells of is found within the poll interval") {
  idle_node tree;
  tree.upgrade(empty_queues(10));
  tree.advance(5400ms);
  tree.store({.queue = "q3", .type = "any", .id = "a"});
  tree.advance(1s);
  CHECK(tree.events->count("completed a") == 1);
}

TEST_CASE("a node that is alone does not look for dead ones") {
  idle_node tree;
  tree.upgrade(empty_queues(1));
  tree.hear_of_join();
  tree.advance(5s);
  CHECK(tree.in_a_minute("reclaim") == 0);
}

TEST_CASE(
    "a node knows that it is alone, as long as it would hear of another") {
  idle_node tree;
  tree.upgrade(empty_queues(1));
  tree.advance(5s);
  CHECK_FALSE(tree.alone());
  tree.hear_of_join();
  tree.advance(5s);
  CHECK(tree.alone());
  auto other = tree.db->connect().value();
  REQUIRE(other->join("other", "").has_value());
  tree.hear_of_join();
  tree.settle();
  CHECK_FALSE(tree.alone());
  tree.advance(5s);
  CHECK_FALSE(tree.alone());
  REQUIRE(other->leave().has_value());
  tree.advance(5s);
  CHECK(tree.alone());
  auto closing = tree.close();
  tree.advance(5s);
  REQUIRE(tree.answer(closing));
  CHECK_FALSE(tree.alone());
}

TEST_CASE("a node that hears nothing looks for dead ones all the time") {
  idle_node tree;
  tree.upgrade(empty_queues(1));
  tree.advance(5s);
  auto looks = tree.in_a_minute("reclaim");
  CHECK(looks >= 200);
  CHECK(looks <= 300);
}

TEST_CASE("a node dies a moment after it joined: who was alone notices") {
  idle_node tree;
  tree.upgrade(empty_queues(1));
  tree.hear_of_join();
  tree.advance(10s);
  auto other = tree.db->connect().value();
  REQUIRE(other->join("other", "").has_value());
  tree.store({.queue = "q0", .type = "any", .id = "a"});
  REQUIRE(other->lease({{.queue = "q0"}}).value()[0].jobs.size() == 1);
  tree.hear_of_join();
  tree.advance(50ms);
  other.reset();
  tree.advance(700ms);
  CHECK(tree.events->count("reclaimed 1 of other") == 1);
  CHECK(tree.events->count("completed a") == 1);
}

TEST_CASE("the join of a node that was not heard of shows with a heartbeat") {
  idle_node tree;
  tree.upgrade(empty_queues(1));
  tree.hear_of_join();
  tree.advance(10s);
  auto other = tree.db->connect().value();
  REQUIRE(other->join("other", "").has_value());
  other.reset();
  tree.advance(2s + 700ms);
  CHECK(tree.events->count("reclaimed 0 of other") == 0);
  CHECK(tree.db->node_count() == 1);
}

TEST_CASE("a node that holds nothing sends each second heartbeat") {
  idle_node tree;
  tree.upgrade(empty_queues(1));
  tree.hear_of_join();
  tree.advance(5s);
  CHECK(tree.in_a_minute("heartbeat") == 30);
}

TEST_CASE("a node that works sends every heartbeat") {
  idle_node tree;
  tree.control_slots();
  tree.upgrade(empty_queues(1));
  tree.hear_of_join();
  tree.enqueue({{.queue = "q0", .type = "any", .id = "a"}});
  tree.advance(5s);
  CHECK(tree.in_a_minute("heartbeat") == 60);
  tree.finish("a");
  tree.advance(5s);
  CHECK(tree.in_a_minute("heartbeat") == 30);
}

TEST_CASE("a node with a short limit of silence sends every heartbeat") {
  client_options options;
  options.silence_limit = 3s;
  tree_fixture tree{options};
  tree.upgrade(empty_queues(1));
  tree.hear_of_join();
  tree.advance(5s);
  auto before = tree.db->calls("heartbeat");
  tree.advance(1min);
  CHECK(tree.db->calls("heartbeat") - before == 60);
}
