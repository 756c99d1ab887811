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

TEST_CASE("wishes that come while a lease is under way leave together") {
  tree_fixture tree;
  std::vector<worker_config> configs;
  for (int i = 0; i < 10; ++i)
    configs.push_back(
        {.queue = "q" + std::to_string(i), .handle = completing()});
  tree.upgrade(configs);
  tree.settle();
  CHECK(tree.events->count_prefix("empty q") == 10);
  CHECK(tree.db->calls("lease") <= 2);
}

TEST_CASE("outcomes that end while a settle is under way leave together") {
  tree_fixture tree;
  tree.control_slots();
  tree.upgrade({{.queue = "mail", .concurrency = 50, .handle = completing()}});
  std::vector<new_job> jobs;
  for (int i = 0; i < 50; ++i)
    jobs.push_back(
        {.queue = "mail", .type = "any", .id = "j" + std::to_string(i)});
  tree.enqueue(jobs);
  tree.settle();
  for (const auto& id : tree.running())
    tree.finish(id);
  tree.settle();
  CHECK(tree.events->count_prefix("completed ") == 50);
  CHECK(tree.db->calls("settle") <= 3);
}

TEST_CASE("the backlog is counted only while somebody looks") {
  tree_fixture tree;
  tree.store({.queue = "mail", .type = "any", .id = "a"});
  tree.upgrade({{.queue = "video", .handle = completing()}});
  tree.advance(12s);
  CHECK(tree.db->calls("counts") == 0);
  CHECK(tree.metrics().queues["mail"].waiting == 0);
  tree.advance(6s);
  CHECK(tree.db->calls("counts") >= 1);
  auto now = tree.metrics();
  CHECK(now.queues["mail"].waiting == 1);
  CHECK(now.queues["mail"].oldest_due_seconds >= 12);
  tree.advance(120s);
  auto counted = tree.db->calls("counts");
  tree.advance(60s);
  CHECK(tree.db->calls("counts") == counted);
}

TEST_CASE("a part of the node that dies is told as the node's failure") {
  tree_fixture tree;
  tree.upgrade({{.queue = "mail", .handle = completing()}});
  tree.settle();
  tree.kill("store-pool");
  tree.settle();
  REQUIRE(tree.failures().size() == 1);
  CHECK_THAT(tree.failures()[0], Catch::Contains("the store pool died"));
}
