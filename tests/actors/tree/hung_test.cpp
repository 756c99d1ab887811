#include "tests/support/tree_fixture.hpp"

#include <catch2/catch.hpp>

using namespace callboard;
using namespace callboard::testing;
using namespace std::chrono_literals;

namespace {

// A type with a timeout of 1 s, whose failures come back at once.
worker_config mail(int concurrency = 1) {
  return {.queue = "mail",
          .concurrency = concurrency,
          .handle = mux{}.otherwise(
              [](const job&, context&) { return complete(); },
              {.retry
               = {.max_attempts = 0,
                  .wait
                  = {.shape = backoff::kind::fixed, .first = 0s, .jitter = 0}},
               .timeout = 1s})};
}

// Held slots whose handlers never stop by themselves.
struct hanging : tree_fixture {
  hanging() { control_slots(1s); }

  void add(const std::string& id) {
    enqueue({{.queue = "mail", .type = "any", .id = id}});
    settle();
  }
};

} // namespace

TEST_CASE("a handler that does not stop is given up, and a new slot works in "
          "its place") {
  hanging tree;
  tree.upgrade({mail()});
  tree.add("a");
  tree.add("b");
  tree.advance(1s);
  CHECK(tree.stop_requested("a"));
  tree.advance(4990ms);
  CHECK(tree.events->count("hung a") == 0);
  CHECK(tree.running() == std::vector<std::string>{"a"});
  tree.advance(20ms);
  CHECK(tree.events->count("hung a") == 1);
  CHECK(tree.events->count("retried a: timed out after 1 s (the type's "
                           "timeout), and its handler did not stop within 5 s "
                           "more: it was given up")
        == 1);
  // The old thread is still inside a; the new slot has the next job.
  CHECK(tree.running() == std::vector<std::string>{"a", "b"});
  CHECK(tree.alive("slot") == 2);
  REQUIRE(tree.status().size() == 1);
  CHECK(tree.status()[0].hung == 1);
  CHECK(tree.status()[0].running == 1);
  CHECK(tree.metrics().queues.at("mail").hung == 1);
  CHECK(tree.metrics().types.at({"mail", "any"}).hung == 1);
}

TEST_CASE("what a handler answers after it was given up is dropped") {
  hanging tree;
  tree.upgrade({mail()});
  tree.add("a");
  tree.advance(6010ms);
  REQUIRE(tree.running() == std::vector<std::string>{"a", "a"});
  CHECK(tree.db->job("a")->value.attempt == 2);
  // The first one in the list is the one that hangs.
  tree.finish("a");
  tree.settle();
  CHECK(tree.events->count("completed a") == 0);
  CHECK(tree.events->count("fenced a") == 0);
  CHECK(tree.alive("slot") == 1);
  CHECK(tree.status()[0].hung == 0);
  CHECK(tree.metrics().queues.at("mail").hung == 0);
  tree.finish("a");
  tree.settle();
  CHECK(tree.events->count("completed a") == 1);
  CHECK(tree.db->accepted().size() == 2);
}

TEST_CASE("jobs that lie behind one that hangs are performed by others") {
  hanging tree;
  tree.upgrade({mail()});
  // Ends at once, which teaches the poller that chunks may be long.
  tree.add("quick");
  tree.finish("quick");
  tree.settle();
  tree.enqueue({{.queue = "mail", .type = "any", .id = "a"},
                {.queue = "mail", .type = "any", .id = "b"},
                {.queue = "mail", .type = "any", .id = "c"}});
  tree.settle();
  tree.advance(6010ms);
  tree.finish("b");
  tree.settle();
  CHECK(tree.events->count("completed b") == 1);
  CHECK(tree.db->job("b") == std::nullopt);
  CHECK(tree.peak() == 2);
}

TEST_CASE("an upgrade gives the credit of a hung slot to the new generation") {
  hanging tree;
  tree.upgrade({mail()});
  tree.add("a");
  auto second = tree.upgrade({mail()});
  tree.settle();
  tree.add("b");
  CHECK(tree.running() == std::vector<std::string>{"a"});
  CHECK_FALSE(tree.answer(second));
  tree.advance(6010ms);
  // The old generation is over, though its thread is not.
  REQUIRE(tree.answer(second));
  CHECK(tree.answer(second)->drained);
  CHECK(tree.answer(second)->hung == 1);
  CHECK(tree.running() == std::vector<std::string>{"a", "b"});
  CHECK(tree.alive("poller") == 1);
  tree.finish("a");
  tree.finish("b");
  tree.settle();
  // No credit was doubled: one slot, one job at a time.
  tree.add("c");
  tree.add("d");
  CHECK(tree.alive("slot") == 1);
  CHECK(tree.running().size() == 1);
}

TEST_CASE("a poller that died and left a hanging handler has an heir that "
          "gives it up") {
  hanging tree;
  tree.upgrade({mail()});
  tree.add("a");
  tree.kill("poller");
  tree.settle();
  tree.advance(6100ms);
  CHECK(tree.events->count("hung a") == 1);
  CHECK(tree.status()[0].hung == 1);
  CHECK(tree.running().size() == 2);
}

TEST_CASE("a queue with too many hung slots is stopped, and its jobs are "
          "left to other nodes") {
  hanging tree;
  tree.upgrade({mail(4), {.queue = "other", .handle = mail().handle}});
  tree.add("a");
  tree.add("b");
  tree.add("c");
  tree.add("d");
  for (int i = 0; i < 4; ++i) {
    CHECK(tree.failures().empty());
    tree.advance(6010ms);
  }
  CHECK(tree.failures().empty());
  CHECK(tree.status()[0].hung == 16);
  tree.advance(6010ms);
  REQUIRE(tree.failures().size() == 1);
  CHECK_THAT(tree.failures()[0],
             Catch::Contains("queue 'mail' was stopped")
                 && Catch::Contains("did not stop after their timeout"));
  tree.settle();
  REQUIRE(tree.status().size() == 2);
  CHECK(tree.status()[0].stopped);
  CHECK_FALSE(tree.status()[1].stopped);
  for (const auto* id : {"a", "b", "c", "d"})
    CHECK(tree.db->job(id)->state == job_state::waiting);
}

TEST_CASE("a close does not wait for a handler that was given up") {
  hanging tree;
  tree.upgrade({mail()});
  tree.add("a");
  tree.advance(6010ms);
  REQUIRE(tree.running().size() == 2);
  tree.finish("a");
  tree.finish("a");
  tree.settle();
  tree.add("b");
  tree.advance(1s);
  auto closing = tree.close();
  tree.settle();
  CHECK_FALSE(tree.answer(closing));
  tree.advance(5010ms);
  REQUIRE(tree.answer(closing));
  CHECK(tree.answer(closing)->drained);
  CHECK(tree.answer(closing)->hung == 1);
  CHECK(tree.alive("supervisor") == 0);
  CHECK(tree.alive("slot") == 1);
  CHECK(tree.db->node_count() == 0);
  CHECK(tree.db->job("b")->state == job_state::waiting);
  // It comes back to an empty house.
  tree.finish("b");
  tree.settle();
  CHECK(tree.alive("") == 0);
}

TEST_CASE("a handler that ends within the grace is settled by what it says") {
  hanging tree;
  tree.upgrade({mail()});
  tree.add("a");
  tree.advance(3s);
  tree.finish("a");
  tree.settle();
  CHECK(tree.events->count("completed a") == 1);
  tree.advance(5s);
  CHECK(tree.events->count("hung a") == 0);
}
