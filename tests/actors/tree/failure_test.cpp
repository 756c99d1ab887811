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

TEST_CASE("a slot that dies costs its job one attempt, and is replaced") {
  tree_fixture tree;
  tree.control_slots();
  tree.upgrade({{.queue = "mail", .concurrency = 2, .handle = completing()}});
  tree.enqueue({{.queue = "mail", .type = "any", .id = "a"}});
  tree.settle();
  tree.kill_slot("a");
  tree.settle();
  CHECK(tree.events->count_prefix("retried a: the slot died") == 1);
  CHECK(tree.events->count_prefix("error mail: internal") == 1);
  CHECK(tree.alive("slot") == 2);
  // The back-off of the retry policy.
  tree.advance(2s);
  REQUIRE(tree.running() == std::vector<std::string>{"a"});
  CHECK(tree.db->job("a")->value.attempt == 2);
  tree.finish("a");
  tree.settle();
  CHECK(tree.events->count("completed a") == 1);
}

TEST_CASE("slots that keep dying take their poller along, and at last the "
          "queue is stopped") {
  tree_fixture tree;
  tree.control_slots();
  tree.upgrade({{.queue = "mail",
                 .handle = mux{}.otherwise(
                     [](const job&, context&) { return complete(); },
                     {.retry = {.max_attempts = 0,
                                .wait = {.shape = backoff::kind::fixed,
                                         .first = 0s,
                                         .jitter = 0}}})}});
  tree.enqueue({{.queue = "mail", .type = "any", .id = "a"}});
  tree.settle();
  int deaths = 0;
  for (; deaths < 1000 && !tree.running().empty(); ++deaths) {
    tree.kill_slot("a");
    tree.settle();
  }
  // 10 restarts of slots for each of 1 + 5 pollers, and the last deaths.
  CHECK(deaths == 66);
  REQUIRE(tree.status().size() == 1);
  CHECK(tree.status()[0].stopped);
  REQUIRE(tree.failures().size() == 1);
  CHECK_THAT(tree.failures()[0], Catch::Contains("queue 'mail' was stopped"));
  // Nothing is lost: another node can have it.
  CHECK(tree.db->job("a")->state == job_state::waiting);
  // An upgrade starts it again.
  tree.upgrade({{.queue = "mail", .handle = completing()}});
  tree.settle();
  CHECK(tree.running() == std::vector<std::string>{"a"});
}

TEST_CASE("a poller that dies loses no running job, no outcome and no lease") {
  tree_fixture tree;
  tree.control_slots();
  tree.upgrade({{.queue = "mail", .concurrency = 2, .handle = completing()}});
  tree.enqueue({{.queue = "mail", .type = "any", .id = "a"},
                {.queue = "mail", .type = "any", .id = "b"},
                {.queue = "mail", .type = "any", .id = "c"}});
  tree.settle();
  REQUIRE(tree.running().size() == 2);
  tree.kill("poller");
  tree.settle();
  CHECK(tree.alive("poller") == 1);
  CHECK(tree.alive("slot") == 2);
  CHECK(tree.running().size() == 2);
  while (!tree.running().empty()) {
    tree.finish(tree.running().front());
    tree.settle();
  }
  for (const auto* id : {"a", "b", "c"})
    CHECK(tree.events->count(std::string{"completed "} + id) == 1);
  CHECK(tree.peak() == 2);
  CHECK(tree.db->jobs().empty());
  CHECK(tree.events->count_prefix("error mail: internal: the poller") == 1);
}

TEST_CASE("an outcome that ends while the poller is dead is found in the "
          "chunk") {
  tree_fixture tree;
  tree.control_slots();
  tree.upgrade({{.queue = "mail", .handle = completing()}});
  tree.enqueue({{.queue = "mail", .type = "any", .id = "a"}});
  tree.settle();
  tree.kill("poller");
  tree.finish("a");
  tree.settle();
  CHECK(tree.events->count("completed a") == 1);
  CHECK(tree.db->jobs().empty());
}

TEST_CASE("failed leases are told once, rest a while, and then go on") {
  tree_fixture tree;
  tree.db->fail("lease",
                {.why = {errc::database_error, "it says no"}, .breaks = false},
                3);
  tree.upgrade({{.queue = "mail", .handle = completing()}});
  tree.settle();
  CHECK(tree.db->calls("lease") == 1);
  CHECK(tree.events->count("error mail: database_error: it says no") == 1);
  tree.store({.queue = "mail", .type = "any", .id = "a"});
  tree.advance(1s);
  CHECK(tree.db->calls("lease") > 3);
  CHECK(tree.events->count("completed a") == 1);
  CHECK(tree.events->count("error mail: database_error: it says no") == 1);
}

TEST_CASE("a database that is busy is told of once for all queues") {
  tree_fixture tree;
  tree.upgrade({{.queue = "mail", .handle = completing()},
                {.queue = "video", .handle = completing()}});
  tree.settle();
  tree.db->fail("lease",
                {.why = {errc::database_busy, "locked"}, .breaks = false}, 5);
  tree.enqueue({{.queue = "mail", .type = "any", .id = "a"},
                {.queue = "video", .type = "any", .id = "b"}});
  tree.settle();
  auto now = tree.metrics().database;
  REQUIRE(now.links.size() >= 2);
  CHECK_FALSE(now.links[0].up);
  CHECK(now.links[0].why == "locked");
  CHECK(now.links[1].up);
  tree.advance(3s);
  CHECK(tree.events->count_prefix("completed ") == 2);
  CHECK(tree.events->count_prefix("error ") == 1);
  CHECK(tree.events->count_prefix("error : database_busy: locked") == 1);
  CHECK(tree.metrics().database.links[0].up);
  CHECK(tree.metrics().database.outages == 1);
}

TEST_CASE("a session goes on at once when its connection is closed") {
  tree_fixture tree;
  tree.control_slots();
  tree.upgrade({{.queue = "mail", .handle = completing()}});
  tree.enqueue({{.queue = "mail", .type = "any", .id = "a"}});
  tree.advance(2s);
  tree.db->break_connections();
  tree.advance(150ms);
  CHECK(tree.metrics().database.links[0].up);
  CHECK_FALSE(tree.stop_requested("a"));
  tree.finish("a");
  tree.settle();
  CHECK(tree.events->count("completed a") == 1);
}

TEST_CASE("an outcome is kept while the database is away") {
  tree_fixture tree;
  tree.control_slots();
  tree.upgrade({{.queue = "mail", .handle = completing()}});
  tree.enqueue({{.queue = "mail", .type = "any", .id = "a"},
                {.queue = "mail", .type = "any", .id = "b"}});
  tree.settle();
  tree.db->go_away();
  tree.finish("a");
  tree.advance(3s);
  CHECK(tree.events->count("completed a") == 0);
  CHECK(tree.events->count_prefix("error : database_unreachable") == 1);
  CHECK(tree.running().empty());
  tree.db->back();
  tree.advance(2s);
  // The node went on as the same incarnation, so its lease held.
  CHECK(tree.events->count("completed a") == 1);
  CHECK(tree.running() == std::vector<std::string>{"b"});
}

TEST_CASE("an outcome whose commit is in doubt is accepted once") {
  tree_fixture tree;
  tree.db->fail("settle",
                {.why = {errc::commit_unknown, "cut"}, .after_the_work = true});
  tree.upgrade({{.queue = "mail", .handle = completing()}});
  tree.enqueue({{.queue = "mail", .type = "any", .id = "a"}});
  tree.advance(6s);
  CHECK(tree.events->count("completed a") == 1);
  CHECK(tree.events->count("fenced a") == 0);
  CHECK(tree.db->accepted().size() == 1);
}

TEST_CASE("an outcome in doubt counts as fenced when its node was declared "
          "dead meanwhile") {
  tree_fixture tree;
  tree.control_slots();
  tree.upgrade({{.queue = "mail", .handle = completing()}});
  tree.enqueue({{.queue = "mail", .type = "any", .id = "a"}});
  tree.settle();
  tree.db->bury_all_nodes();
  tree.db->fail("settle", {.why = {errc::commit_unknown, "cut"}});
  tree.finish("a");
  tree.settle();
  tree.advance(6s);
  CHECK(tree.events->count("fenced a") == 1);
  CHECK(tree.events->count("completed a") == 0);
}

TEST_CASE("an outcome in doubt that is refused after the node joined anew "
          "counts as fenced") {
  tree_fixture tree;
  tree.control_slots();
  tree.upgrade({{.queue = "mail", .handle = completing()}});
  tree.enqueue({{.queue = "mail", .type = "any", .id = "a"}});
  tree.settle();
  tree.db->bury_all_nodes();
  auto cut = true;
  tree.db->decide([&cut](const auto& which) {
    return cut && which == "settle"
               ? std::optional<fault>{{.why = {errc::commit_unknown, "cut"}}}
               : std::nullopt;
  });
  tree.finish("a");
  tree.advance(6s);
  CHECK(tree.running() == std::vector<std::string>{"a"});
  CHECK(tree.events->count("fenced a") == 0);
  cut = false;
  tree.advance(8s);
  CHECK(tree.events->count("fenced a") == 1);
  CHECK(tree.events->count("completed a") == 0);
}

TEST_CASE("an outcome in doubt is told before its node leaves") {
  tree_fixture tree;
  tree.control_slots();
  tree.upgrade({{.queue = "mail", .handle = completing()}});
  tree.enqueue({{.queue = "mail", .type = "any", .id = "a"}});
  tree.settle();
  tree.db->fail("settle",
                {.why = {errc::commit_unknown, "cut"}, .after_the_work = true});
  auto closed = tree.close();
  tree.finish("a");
  tree.advance(1s);
  CHECK(tree.answer(closed));
  CHECK(tree.events->count("completed a") == 1);
  CHECK(tree.events->count("fenced a") == 0);
}

TEST_CASE("a retry is not late when its outcome was in doubt") {
  tree_fixture tree;
  tree.control_slots();
  tree.upgrade({{.queue = "mail",
                 .poll_interval = std::chrono::hours{1},
                 .handle = completing()}});
  tree.enqueue({{.queue = "mail", .type = "any", .id = "a"}});
  tree.settle();
  // The poller asks for the next job before the outcome is stored.
  auto tries = 0;
  tree.db->decide([&tries](const auto& which) {
    return which == "settle" && ++tries <= 2
               ? std::optional<fault>{{.why = {errc::commit_unknown, "cut"},
                                       .after_the_work = tries == 2}}
               : std::nullopt;
  });
  tree.finish("a", retry(100ms, "later"));
  tree.advance(3s);
  CHECK(tree.running() == std::vector<std::string>{"a"});
}

TEST_CASE("jobs whose lease was committed but never heard of are not stuck") {
  tree_fixture tree;
  tree.db->fail("lease",
                {.why = {errc::commit_unknown, "cut"}, .after_the_work = true});
  tree.store({.queue = "mail", .type = "any", .id = "a"});
  tree.upgrade({{.queue = "mail", .handle = completing()}});
  tree.settle();
  CHECK(tree.db->job("a")->state == job_state::running);
  tree.advance(6s);
  CHECK(tree.events->count("completed a") == 1);
  CHECK(tree.db->jobs().empty());
}

TEST_CASE("an outcome that the database refuses does not hold up others") {
  tree_fixture tree;
  tree.upgrade({{.queue = "mail", .concurrency = 4, .handle = completing()}});
  tree.db->fail("settle",
                {.why = {errc::database_error, "it says no"}, .breaks = false},
                2);
  tree.enqueue({{.queue = "mail", .type = "any", .id = "a"},
                {.queue = "mail", .type = "any", .id = "b"},
                {.queue = "mail", .type = "any", .id = "c"}});
  tree.advance(2s);
  CHECK(tree.events->count_prefix("completed ") == 3);
  CHECK(tree.events->count_prefix("error : database_error") >= 1);
}

TEST_CASE(
    "a session that dies is replaced, and what it leased is leased anew") {
  tree_fixture tree;
  tree.control_slots();
  tree.upgrade({{.queue = "mail", .handle = completing()}});
  tree.enqueue({{.queue = "mail", .type = "any", .id = "a"}});
  tree.settle();
  tree.kill("session");
  tree.settle();
  CHECK(tree.alive("session") == 2);
  // The session that died held the node's lock: the new one joined anew and
  // freed what the old one had leased.
  tree.advance(1s);
  CHECK(tree.stop_requested("a"));
  tree.finish("a");
  tree.settle();
  CHECK(tree.events->count("fenced a") == 1);
  tree.advance(1s);
  tree.finish("a");
  tree.settle();
  CHECK(tree.events->count("completed a") == 1);
}
