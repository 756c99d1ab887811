#include "tests/support/tree_fixture.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace callboard;
using namespace callboard::testing;
using namespace std::chrono_literals;

namespace {

mux completing() {
  return [](const job&, context&) {
    return complete();
  };
}

std::vector<new_job> many(int count) {
  std::vector<new_job> jobs;
  for (int i = 0; i < count; ++i)
    jobs.push_back(
        {.queue = "mail", .type = "any", .id = "j" + std::to_string(i)});
  return jobs;
}

void finish_all(tree_fixture& tree) {
  while (!tree.running().empty()) {
    tree.finish(tree.running().front());
    tree.settle();
  }
}

} // namespace

TEST_CASE("an upgrade in the middle of running jobs neither waits for them nor "
          "runs more than the concurrency") {
  tree_fixture tree;
  tree.control_slots();
  tree.upgrade({{.queue = "mail", .concurrency = 3, .handle = completing()}});
  tree.enqueue(many(8));
  tree.settle();
  REQUIRE(tree.running().size() == 3);
  auto upgrade = tree.upgrade(
      {{.queue = "mail", .concurrency = 3, .handle = completing()}});
  tree.settle();
  // The old ones go on and hold all slots.
  CHECK(tree.running().size() == 3);
  CHECK_FALSE(tree.answer(upgrade));
  auto old = tree.running();
  // One ends: its slot goes to the new generation, beside the other two.
  tree.finish(old[0]);
  tree.settle();
  CHECK(tree.running().size() == 3);
  CHECK_FALSE(tree.answer(upgrade));
  tree.finish(old[1]);
  tree.finish(old[2]);
  tree.settle();
  REQUIRE(tree.answer(upgrade));
  CHECK(tree.answer(upgrade)->drained);
  finish_all(tree);
  CHECK(tree.peak() == 3);
  CHECK(tree.events->count_prefix("completed ") == 8);
  CHECK(tree.alive("poller") == 1);
  CHECK(tree.alive("slot") == 3);
}

TEST_CASE("the new handlers perform what the old ones had not started") {
  tree_fixture tree;
  std::vector<std::string> by_old, by_new;
  auto into = [](std::vector<std::string>& list) {
    return mux{[&list](const job& x, context&) {
      list.push_back(x.id);
      return complete();
    }};
  };
  tree.upgrade({{.queue = "mail", .handle = into(by_old)}});
  tree.enqueue({{.queue = "mail", .type = "any", .id = "a"}});
  tree.settle();
  tree.upgrade({{.queue = "mail", .handle = into(by_new)}});
  tree.enqueue({{.queue = "mail", .type = "any", .id = "b"}});
  tree.settle();
  CHECK(by_old == std::vector<std::string>{"a"});
  CHECK(by_new == std::vector<std::string>{"b"});
}

TEST_CASE("jobs leased ahead pass to the new generation without the store") {
  tree_fixture tree;
  tree.control_slots();
  tree.upgrade({{.queue = "mail", .handle = completing()}});
  tree.enqueue({{.queue = "mail", .type = "any", .id = "quick"}});
  tree.settle();
  tree.finish("quick");
  tree.settle();
  tree.enqueue(many(3));
  tree.settle();
  REQUIRE(tree.running() == std::vector<std::string>{"j0"});
  auto released = tree.db->calls("release");
  tree.upgrade({{.queue = "mail", .handle = completing()}});
  tree.settle();
  finish_all(tree);
  CHECK(tree.db->calls("release") == released);
  CHECK(tree.events->count_prefix("completed ") == 4);
  CHECK(tree.peak() == 1);
}

TEST_CASE("a concurrency that shrank is reached as jobs end, one that grew at "
          "once") {
  tree_fixture tree;
  tree.control_slots();
  tree.upgrade({{.queue = "mail", .concurrency = 4, .handle = completing()}});
  tree.enqueue(many(20));
  tree.settle();
  tree.upgrade({{.queue = "mail", .concurrency = 2, .handle = completing()}});
  tree.settle();
  CHECK(tree.running().size() == 4);
  tree.finish(tree.running().front());
  tree.settle();
  tree.finish(tree.running().front());
  tree.settle();
  CHECK(tree.running().size() == 2);
  tree.finish(tree.running().front());
  tree.settle();
  CHECK(tree.running().size() == 2);
  tree.upgrade({{.queue = "mail", .concurrency = 6, .handle = completing()}});
  tree.settle();
  CHECK(tree.running().size() == 6);
}

TEST_CASE("a queue that left drains and goes, and one that came starts at "
          "once") {
  tree_fixture tree;
  tree.control_slots();
  tree.upgrade({{.queue = "mail", .handle = completing()}});
  tree.enqueue(many(2));
  tree.store({.queue = "video", .type = "any", .id = "v"});
  tree.settle();
  auto upgrade = tree.upgrade({{.queue = "video", .handle = completing()}});
  tree.settle();
  auto running = tree.running();
  CHECK(std::count(running.begin(), running.end(), "v") == 1);
  CHECK(std::count(running.begin(), running.end(), "j0") == 1);
  tree.finish("j0");
  tree.settle();
  CHECK(tree.answer(upgrade));
  CHECK(tree.db->job("j1")->state == job_state::waiting);
  CHECK(tree.db->job("j1")->value.attempt == 0);
  REQUIRE(tree.status().size() == 1);
  CHECK(tree.status()[0].queue == "video");
}

TEST_CASE("a queue that left has no slots, and counts what runs until it comes "
          "back") {
  tree_fixture tree;
  tree.control_slots();
  tree.upgrade({{.queue = "mail", .concurrency = 7, .handle = completing()}});
  tree.enqueue(many(2));
  tree.settle();
  auto mail = [&] {
    return tree.metrics().queues.at("mail");
  };
  tree.upgrade({});
  tree.settle();
  CHECK(mail().running == 2);
  CHECK(mail().concurrency == 0);
  tree.finish("j0");
  tree.settle();
  CHECK(mail().running == 1);
  CHECK(mail().concurrency == 0);
  tree.upgrade({{.queue = "mail", .concurrency = 2, .handle = completing()}});
  tree.enqueue({{.queue = "mail", .type = "any", .id = "a"}});
  tree.settle();
  CHECK(mail().running == 2);
  CHECK(mail().concurrency == 2);
  tree.upgrade({});
  finish_all(tree);
  CHECK(mail().running == 0);
  CHECK_FALSE(mail().own());
}

TEST_CASE("an upgrade whose grace period ends says what still runs") {
  tree_fixture tree;
  tree.control_slots();
  tree.upgrade({{.queue = "mail", .handle = completing()}});
  tree.enqueue(many(1));
  tree.settle();
  auto upgrade = tree.upgrade({{.queue = "mail", .handle = completing()}}, 30s);
  tree.advance(30s);
  REQUIRE(tree.answer(upgrade));
  CHECK_FALSE(tree.answer(upgrade)->drained);
  CHECK(tree.answer(upgrade)->still_running
        == std::vector<std::string>{"mail/any j0"});
  CHECK_FALSE(tree.stop_requested("j0"));
  tree.finish("j0");
  tree.settle();
  CHECK(tree.events->count("completed j0") == 1);
}

TEST_CASE("an upgrade says at once that the new workers have begun, and what "
          "still runs") {
  std::vector<std::string> lines;
  client_options options;
  options.log = [&](const log_record& x) {
    lines.push_back(x.message);
  };
  tree_fixture tree{options};
  tree.control_slots();
  worker_config mail{.queue = "mail", .handle = completing()};
  tree.upgrade({mail});
  tree.settle();
  tree.upgrade({mail});
  tree.settle();
  CHECK(lines.empty());
  tree.enqueue(many(1));
  tree.settle();
  mail.concurrency = 2;
  tree.upgrade({mail});
  tree.settle();
  CHECK(lines
        == std::vector<std::string>{"the new workers have begun; 1 job of the "
                                    "old ones still runs: mail/any j0"});
}

TEST_CASE("jobs of a queue that was taken away are asked to stop when the "
          "grace ends, and others are not") {
  tree_fixture tree;
  tree.control_slots();
  worker_config mail{.queue = "mail", .handle = completing()};
  worker_config video{.queue = "video", .handle = completing()};
  tree.upgrade({mail, video});
  tree.enqueue({{.queue = "mail", .type = "any", .id = "m"},
                {.queue = "video", .type = "any", .id = "v"}});
  tree.settle();
  auto upgrade = tree.upgrade({mail}, 2s);
  tree.advance(1999ms);
  CHECK_FALSE(tree.stop_requested("v"));
  tree.advance(1ms);
  CHECK(tree.why_stopped("v") == stop_reason::closing);
  CHECK_FALSE(tree.stop_requested("m"));
  CHECK_FALSE(tree.answer(upgrade));
  // It fails by its retry policy, whoever works on the queue next.
  tree.finish("v", fail("stopped"));
  tree.settle();
  CHECK(tree.events->count_prefix("retried v") == 1);
  CHECK(tree.db->job("v")->state == job_state::delayed);
  CHECK(tree.metrics().queues.at("video").running == 0);
  CHECK(tree.alive("poller") == 2);
  tree.advance(1s);
  REQUIRE(tree.answer(upgrade));
  CHECK(tree.answer(upgrade)->still_running
        == std::vector<std::string>{"mail/any m"});
  tree.advance(30s);
  CHECK_FALSE(tree.stop_requested("m"));
}

TEST_CASE("a job that ignores that its queue is gone keeps its lease, and is "
          "settled in the end") {
  tree_fixture tree;
  tree.control_slots();
  tree.upgrade({{.queue = "mail", .handle = completing()}});
  tree.enqueue(many(1));
  tree.settle();
  auto upgrade = tree.upgrade({}, 2s);
  tree.advance(2999ms);
  CHECK(tree.stop_requested("j0"));
  CHECK_FALSE(tree.answer(upgrade));
  tree.advance(1ms);
  REQUIRE(tree.answer(upgrade));
  CHECK(tree.answer(upgrade)->still_running
        == std::vector<std::string>{"mail/any j0"});
  tree.advance(1min);
  CHECK(tree.db->job("j0")->state == job_state::running);
  tree.finish("j0");
  tree.settle();
  CHECK(tree.events->count("completed j0") == 1);
  CHECK(tree.alive("poller") == 0);
}

TEST_CASE("jobs of a queue that comes back within the grace go on") {
  tree_fixture tree;
  tree.control_slots();
  worker_config mail{.queue = "mail", .handle = completing()};
  tree.upgrade({mail});
  tree.enqueue(many(1));
  tree.settle();
  tree.upgrade({}, 10s);
  tree.advance(5s);
  tree.upgrade({mail}, 10s);
  tree.advance(20s);
  CHECK_FALSE(tree.stop_requested("j0"));
  // Taken away once more, they have the whole grace.
  tree.upgrade({}, 10s);
  tree.advance(5s);
  tree.upgrade({}, 10s);
  tree.advance(4999ms);
  CHECK_FALSE(tree.stop_requested("j0"));
  tree.advance(1ms);
  CHECK(tree.stop_requested("j0"));
}

TEST_CASE("the heir of a poller that died stops the jobs of a queue that is "
          "gone") {
  tree_fixture tree;
  tree.control_slots();
  tree.upgrade({{.queue = "mail", .handle = completing()}});
  tree.enqueue(many(1));
  tree.settle();
  tree.upgrade({}, 2s);
  tree.settle();
  tree.kill("poller");
  tree.advance(2s);
  REQUIRE(tree.running() == std::vector<std::string>{"j0"});
  CHECK(tree.stop_requested("j0"));
  tree.finish("j0", fail("stopped"));
  tree.settle();
  CHECK(tree.events->count_prefix("retried j0") == 1);
}

TEST_CASE("of overlapping upgrades each is answered when those before are "
          "gone") {
  tree_fixture tree;
  tree.control_slots();
  tree.upgrade({{.queue = "mail", .concurrency = 1, .handle = completing()}});
  tree.enqueue(many(3));
  tree.settle();
  REQUIRE(tree.running().size() == 1);
  auto second = tree.upgrade({{.queue = "mail", .handle = completing()}});
  auto third = tree.upgrade({{.queue = "mail", .handle = completing()}});
  tree.settle();
  CHECK_FALSE(tree.answer(second));
  CHECK_FALSE(tree.answer(third));
  tree.finish(tree.running().front());
  tree.settle();
  CHECK(tree.answer(second));
  CHECK(tree.answer(third));
  CHECK(tree.status()[0].generation == 3);
  CHECK(tree.running().size() == 1);
}

TEST_CASE("an upgrade to nothing stops all work") {
  tree_fixture tree;
  tree.upgrade({{.queue = "mail", .handle = completing()}});
  tree.settle();
  auto upgrade = tree.upgrade({});
  tree.settle();
  CHECK(tree.answer(upgrade));
  tree.enqueue(many(1));
  tree.advance(5s);
  CHECK(tree.db->job("j0")->state == job_state::waiting);
  CHECK(tree.alive("poller") == 0);
}
