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

TEST_CASE("an idle tree closes at once and leaves nobody behind") {
  tree_fixture tree;
  tree.upgrade({{.queue = "mail", .concurrency = 3, .handle = completing()}});
  tree.settle();
  auto closing = tree.close();
  tree.settle();
  REQUIRE(tree.answer(closing));
  CHECK(tree.answer(closing)->drained);
  CHECK(tree.alive("") == 0);
  CHECK(tree.db->node_count() == 0);
}

TEST_CASE("a close hands back what was leased ahead, the attempt refunded") {
  tree_fixture tree;
  tree.control_slots();
  tree.upgrade({{.queue = "mail", .handle = completing()}});
  tree.enqueue({{.queue = "mail", .type = "any", .id = "quick"}});
  tree.settle();
  tree.finish("quick");
  tree.settle();
  tree.enqueue({{.queue = "mail", .type = "any", .id = "a"},
                {.queue = "mail", .type = "any", .id = "b"}});
  tree.settle();
  REQUIRE(tree.running() == std::vector<std::string>{"a"});
  REQUIRE(tree.db->job("b")->value.attempt == 1);
  auto closing = tree.close();
  tree.settle();
  CHECK(tree.db->job("b")->state == job_state::waiting);
  CHECK(tree.db->job("b")->value.attempt == 0);
  CHECK_FALSE(tree.answer(closing));
  tree.finish("a");
  tree.settle();
  REQUIRE(tree.answer(closing));
  CHECK(tree.answer(closing)->drained);
  CHECK(tree.events->count("completed a") == 1);
  CHECK(tree.alive("") == 0);
}

TEST_CASE("a job that does not end is asked to stop, then given up, and keeps "
          "its lease") {
  tree_fixture tree;
  tree.control_slots();
  tree.upgrade({{.queue = "mail", .handle = completing()}});
  tree.enqueue({{.queue = "mail", .type = "any", .id = "a"}});
  tree.settle();
  auto closing = tree.close(10s);
  auto second = tree.close(10s);
  tree.advance(9999ms);
  CHECK_FALSE(tree.stop_requested("a"));
  tree.advance(1ms);
  CHECK(tree.stop_requested("a"));
  CHECK_FALSE(tree.answer(closing));
  tree.advance(1s);
  REQUIRE(tree.answer(closing));
  CHECK_FALSE(tree.answer(closing)->drained);
  CHECK(tree.answer(closing)->still_running
        == std::vector<std::string>{"mail/any a"});
  // Whoever asked in between hears the same.
  REQUIRE(tree.answer(second));
  CHECK(tree.answer(second)->still_running
        == tree.answer(closing)->still_running);
  CHECK(tree.db->job("a")->state == job_state::running);
  // Behind the answer, the node lives on until the handler ends after all.
  tree.advance(20s);
  CHECK(tree.db->node_count() == 1);
  tree.finish("a");
  tree.settle();
  CHECK(tree.events->count("completed a") == 1);
  CHECK(tree.db->node_count() == 0);
  CHECK(tree.alive("") == 0);
}

TEST_CASE("a close that can't write its last outcomes says so in time") {
  tree_fixture tree;
  tree.control_slots();
  tree.upgrade({{.queue = "mail", .handle = completing()}});
  tree.enqueue({{.queue = "mail", .type = "any", .id = "a"}});
  tree.settle();
  tree.db->go_away();
  tree.finish("a");
  tree.settle();
  auto closing = tree.close(1s);
  tree.advance(4999ms);
  CHECK_FALSE(tree.answer(closing));
  tree.advance(1ms);
  REQUIRE(tree.answer(closing));
  CHECK_FALSE(tree.answer(closing)->drained);
  tree.db->back();
  tree.advance(6s);
  CHECK(tree.events->count("completed a") == 1);
  CHECK(tree.alive("") == 0);
}

TEST_CASE("nothing is leased once a close began") {
  tree_fixture tree;
  tree.control_slots();
  tree.upgrade({{.queue = "mail", .concurrency = 2, .handle = completing()}});
  tree.enqueue({{.queue = "mail", .type = "any", .id = "a"}});
  tree.settle();
  tree.close();
  tree.settle();
  auto leases = tree.db->calls("lease");
  tree.enqueue({{.queue = "mail", .type = "any", .id = "b"}});
  tree.advance(5s);
  CHECK(tree.db->calls("lease") == leases);
  CHECK(tree.db->job("b")->state == job_state::waiting);
}
