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

TEST_CASE("an idle worker with an interval of 2 s polls 3 times in 5 s") {
  tree_fixture tree;
  tree.upgrade(
      {{.queue = "mail", .poll_interval = 2s, .handle = completing()}});
  tree.settle();
  auto before = tree.db->calls("lease");
  tree.advance(5s);
  // At 0 s (which settle ran already), 2 s and 4 s.
  CHECK(before == 1);
  CHECK(tree.db->calls("lease") == 3);
  CHECK(tree.events->count("empty mail") == 3);
}

TEST_CASE("a wake-up makes an idle poller look at once") {
  tree_fixture tree;
  tree.upgrade(
      {{.queue = "mail", .poll_interval = 1h, .handle = completing()}});
  tree.settle();
  tree.store({.queue = "mail", .type = "any", .id = "a"});
  tree.settle();
  CHECK(tree.events->count("completed a") == 0);
  tree.wake("mail");
  tree.settle();
  CHECK(tree.events->count("completed a") == 1);
}

TEST_CASE("a wake-up that comes while a lease is under way is not lost") {
  tree_fixture tree;
  tree.upgrade(
      {{.queue = "mail", .poll_interval = 1h, .handle = completing()}});
  tree.settle();
  // The lease has looked and found nothing; its answer is still in the mail.
  auto leases = tree.db->calls("lease");
  tree.wake("mail");
  while (tree.db->calls("lease") == leases)
    REQUIRE(tree.step());
  tree.conversation();
  tree.enqueue({{.queue = "mail", .type = "any", .id = "a"}});
  // The supervisor and the poller run before the store pool passes it on.
  REQUIRE(tree.step(1));
  REQUIRE(tree.step(1));
  REQUIRE(tree.conversation()
          == std::vector<std::string>{"test -> supervisor: wake_up",
                                      "supervisor -> poller: wake_up"});
  tree.settle();
  CHECK(tree.events->count("completed a") == 1);
}

TEST_CASE("a delayed job is performed when it is due, not at the next poll") {
  tree_fixture tree;
  tree.store({.queue = "mail", .type = "any", .id = "a", .delay = 300ms});
  tree.upgrade(
      {{.queue = "mail", .poll_interval = 1h, .handle = completing()}});
  tree.advance(299ms);
  CHECK(tree.events->count("started a") == 0);
  tree.advance(1ms);
  CHECK(tree.events->count("completed a") == 1);
}

TEST_CASE("a delayed job that is enqueued while the poller rests is on time") {
  tree_fixture tree;
  tree.upgrade(
      {{.queue = "mail", .poll_interval = 1h, .handle = completing()}});
  tree.settle();
  tree.enqueue({{.queue = "mail", .type = "any", .id = "a", .delay = 300ms}});
  tree.advance(299ms);
  CHECK(tree.events->count("started a") == 0);
  tree.advance(1ms);
  CHECK(tree.events->count("completed a") == 1);
}

TEST_CASE("a retry runs when it is due, and one without delay at once") {
  tree_fixture tree;
  auto twice = [](const job& x, context&) -> outcome {
    if (x.attempt == 1)
      return retry(0s, "first");
    if (x.attempt == 2)
      return retry(40ms, "second");
    return complete();
  };
  tree.upgrade({{.queue = "mail", .poll_interval = 1h, .handle = mux{twice}}});
  tree.enqueue({{.queue = "mail", .type = "any", .id = "a"}});
  tree.settle();
  CHECK(tree.events->count("retried a: first") == 1);
  CHECK(tree.events->count("retried a: second") == 1);
  tree.advance(39ms);
  CHECK(tree.events->count("completed a") == 0);
  tree.advance(1ms);
  CHECK(tree.events->count("completed a") == 1);
}

TEST_CASE("no queue runs more jobs than its concurrency") {
  tree_fixture tree;
  tree.control_slots();
  tree.upgrade({{.queue = "mail", .concurrency = 3, .handle = completing()}});
  std::vector<new_job> jobs;
  for (int i = 0; i < 10; ++i)
    jobs.push_back(
        {.queue = "mail", .type = "any", .id = "j" + std::to_string(i)});
  tree.enqueue(jobs);
  tree.settle();
  CHECK(tree.running().size() == 3);
  while (!tree.running().empty()) {
    tree.finish(tree.running().front());
    tree.settle();
  }
  CHECK(tree.peak() == 3);
  CHECK(tree.events->count_prefix("completed ") == 10);
  CHECK(tree.db->jobs().empty());
}

TEST_CASE("a job that runs long is told as started though it has not ended") {
  tree_fixture tree;
  tree.control_slots();
  tree.upgrade({{.queue = "mail", .handle = completing()}});
  tree.enqueue({{.queue = "mail", .type = "any", .id = "a"}});
  tree.advance(5ms);
  CHECK(tree.running() == std::vector<std::string>{"a"});
  CHECK(tree.events->count("started a") == 1);
  tree.finish("a");
  tree.settle();
  CHECK(tree.events->count("started a") == 1);
  CHECK(tree.events->count("completed a") == 1);
}

TEST_CASE("jobs behind a slow one in its chunk go back to where others can "
          "take them") {
  tree_fixture tree;
  tree.control_slots();
  tree.upgrade({{.queue = "mail", .handle = completing()}});
  // Ends at once, which teaches the poller that chunks may be long.
  tree.enqueue({{.queue = "mail", .type = "any", .id = "quick"}});
  tree.settle();
  tree.finish("quick");
  tree.settle();
  std::vector<new_job> jobs;
  for (int i = 0; i < 5; ++i)
    jobs.push_back(
        {.queue = "mail", .type = "any", .id = "j" + std::to_string(i)});
  tree.enqueue(jobs);
  tree.settle();
  REQUIRE(tree.running() == std::vector<std::string>{"j0"});
  REQUIRE(tree.db->job("j4")->state == job_state::running);
  tree.advance(20ms);
  CHECK(tree.running() == std::vector<std::string>{"j0"});
  // Handed back, as if they had never been leased.
  for (const auto* id : {"j1", "j2", "j3", "j4"}) {
    CHECK(tree.db->job(id)->state == job_state::waiting);
    CHECK(tree.db->job(id)->value.attempt == 0);
  }
  while (!tree.running().empty()) {
    tree.finish(tree.running().front());
    tree.settle();
  }
  CHECK(tree.events->count_prefix("completed ") == 6);
}

TEST_CASE("a deadline fires the stop token of the job that passed it") {
  tree_fixture tree;
  tree.control_slots(50ms);
  tree.upgrade({{.queue = "mail", .handle = completing()}});
  tree.enqueue({{.queue = "mail", .type = "any", .id = "a"}});
  tree.settle();
  tree.advance(49ms);
  CHECK_FALSE(tree.stop_requested("a"));
  tree.advance(10ms);
  CHECK(tree.stop_requested("a"));
}

TEST_CASE("an unknown type is a dead letter that never started") {
  tree_fixture tree;
  tree.upgrade(
      {{.queue = "mail", .handle = mux{}.on("known", [](const job&, context&) {
          return complete();
        })}});
  tree.enqueue({{.queue = "mail", .type = "other", .id = "a"}});
  tree.settle();
  REQUIRE(tree.db->dead().size() == 1);
  CHECK_THAT(tree.db->dead()[0].value.last_error,
             Catch::Contains("unknown type"));
  CHECK(tree.events->count("started a") == 0);
  CHECK(tree.events->count_prefix("dead a") == 1);
}
