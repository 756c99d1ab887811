#include "tests/store/conformance/conformance.hpp"

using namespace callboard;
using namespace callboard::test;
using namespace std::chrono_literals;

namespace {

const reclaim_rule rule{.silence = 30s, .max_crashes = 3};

std::vector<bool> recorded(const std::vector<leased_job>& jobs) {
  std::vector<bool> all;
  for (const auto& one : jobs)
    all.push_back(one.recorded);
  return all;
}

using bools = std::vector<bool>;

} // namespace

TEST_CASE("the first jobs of a batch come with their start recorded") {
  auto place = every_backend();
  auto db = place->open();
  auto store = join(*db);
  auto urgent = a_job("z");
  urgent.priority = -1;
  put(*store, {a_job("a"), urgent, a_job("b"), a_job("c")});
  auto jobs = prefetch(*store, 2);
  CHECK(ids(jobs) == strings{"z", "a", "b", "c"});
  CHECK(recorded(jobs) == bools{true, true, false, false});
  CHECK(jobs[3].value.attempt == 1);
}

TEST_CASE("of several queues each has its own first jobs") {
  auto place = every_backend();
  auto db = place->open();
  auto store = join(*db);
  put(*store, {a_job("a", "q1"), a_job("b", "q1"), a_job("c", "q2"),
               a_job("d", "q2"), a_job("e", "q3")});
  auto batches = ok(store->lease({{.queue = "q1", .limit = 5, .start = 1},
                                  {.queue = "q2", .limit = 5, .start = 0},
                                  {.queue = "q3", .limit = 5}}));
  REQUIRE(batches.size() == 3);
  CHECK(recorded(batches[0].jobs) == bools{true, false});
  CHECK(recorded(batches[1].jobs) == bools{false, false});
  CHECK(recorded(batches[2].jobs) == bools{true});
}

TEST_CASE(
    "a job that goes to the dead letters takes no start from the others") {
  auto place = every_backend();
  auto db = place->open();
  auto store = join(*db);
  auto used_up = a_job("a");
  used_up.max_attempts = 1;
  put(*store, used_up);
  CHECK(settle_one(*store, take_one(*store), retried{0s, "no luck"}));
  put(*store, {a_job("b"), a_job("c")});
  auto jobs = prefetch(*store, 1);
  CHECK(ids(jobs) == strings{"b", "c"});
  CHECK(recorded(jobs) == bools{true, false});
  CHECK(ok(store->find("a"))->state == job_state::dead);
}

TEST_CASE("a crash gives back the attempt of what was never started") {
  auto place = every_backend();
  auto db = place->open();
  auto dying = join(*db, "n1");
  auto store = join(*db, "n2");
  put(*store, {a_job("a"), a_job("b")});
  auto jobs = prefetch(*dying, 1);
  CHECK(recorded(jobs) == bools{true, false});
  kill_node(*place, std::move(dying));
  CHECK(ok(store->reclaim(rule)).freed == 2);
  auto started = ok(store->find("a"));
  REQUIRE(started);
  CHECK(started->value.attempt == 1);
  CHECK(started->crashes == 1);
  CHECK(started->state == job_state::suspect);
  CHECK(contains(started->value.last_error, "during attempt 1"));
  // It may have begun a moment ago: it counts a crash, and comes alone.
  auto prefetched = ok(store->find("b"));
  REQUIRE(prefetched);
  CHECK(prefetched->value.attempt == 0);
  CHECK(prefetched->crashes == 1);
  CHECK(prefetched->state == job_state::suspect);
  CHECK(
      contains(prefetched->value.last_error, "before attempt 1 was recorded"));
}

TEST_CASE("a start that is recorded later keeps the attempt") {
  auto place = every_backend();
  auto db = place->open();
  auto dying = join(*db, "n1");
  auto store = join(*db, "n2");
  put(*store, {a_job("a"), a_job("b"), a_job("c")});
  auto jobs = prefetch(*dying, 1);
  REQUIRE(jobs.size() == 3);
  // Over any connection, also those that are recorded already.
  auto other = ok(db->connect());
  CHECK(ok(other->start({ref(jobs[1]), ref(jobs[0]), ref(jobs[1])}))
        == bools{true, true, true});
  CHECK(ok(other->start({})).empty());
  kill_node(*place, std::move(dying));
  CHECK(ok(store->reclaim(rule)).freed == 3);
  CHECK(ok(store->find("a"))->value.attempt == 1);
  CHECK(ok(store->find("b"))->value.attempt == 1);
  CHECK(ok(store->find("c"))->value.attempt == 0);
}

TEST_CASE("what is not ours any more can't be started") {
  auto place = every_backend();
  auto db = place->open();
  auto silent = join(*db, "n1");
  auto store = join(*db, "n2");
  put(*store, {a_job("a"), a_job("b"), a_job("c"), a_job("d")});
  auto jobs = prefetch(*silent);
  REQUIRE(jobs.size() == 4);
  CHECK(ok(silent->release({ref(jobs[2])})) == 1);
  CHECK(settle_one(*silent, jobs[3], completed{}));
  CHECK(ok(silent->start({ref(jobs[0]),
                          ref(jobs[2]),
                          ref(jobs[3]),
                          {"a", jobs[0].fence + 1000},
                          {"none", 1}}))
        == bools{true, false, false, false, false});
  place->clock().advance(31s);
  ok(store->heartbeat({}));
  // Freed, and then taken by another.
  CHECK(ok(store->reclaim(rule)).freed == 2);
  CHECK(ok(silent->start({ref(jobs[0]), ref(jobs[1])})) == bools{false, false});
  auto taken = take_one(*store);
  CHECK(taken.value.id == "a");
  CHECK(ok(silent->start({ref(jobs[0]), ref(jobs[1])})) == bools{false, false});
  CHECK(ok(silent->start({ref(taken)})) == bools{true});
}

TEST_CASE("a suspect always comes with its start recorded") {
  auto place = every_backend();
  auto db = place->open();
  auto dying = join(*db, "n1");
  auto store = join(*db, "n2");
  put(*store, a_job("a"));
  REQUIRE(prefetch(*dying).size() == 1);
  kill_node(*place, std::move(dying));
  REQUIRE(ok(store->reclaim(rule)).freed == 1);
  auto jobs = prefetch(*store);
  REQUIRE(jobs.size() == 1);
  CHECK(jobs[0].suspect);
  CHECK(jobs[0].recorded);
  CHECK(jobs[0].value.attempt == 1);
}

TEST_CASE("the jobs of an isolated queue are not blamed for a node's death") {
  auto place = every_backend();
  auto db = place->open();
  auto store = join(*db, "n2");
  put(*store, {a_job("a"), a_job("b")});
  // More often than a job may crash.
  for (int death = 1; death <= 4; ++death) {
    auto dying = join(*db, "n1");
    auto jobs = prefetch(*dying, 1, true);
    CHECK(ids(jobs) == strings{"a", "b"});
    CHECK_FALSE(jobs[0].suspect);
    place->clock().advance(1s);
    kill_node(*place, std::move(dying));
    auto report = ok(store->reclaim(rule));
    CHECK(report.freed == 2);
    CHECK(report.dead.empty());
    auto started = ok(store->find("a"));
    REQUIRE(started);
    CHECK(started->state == job_state::waiting);
    CHECK(started->crashes == 0);
    CHECK(started->value.attempt == death);
    CHECK(contains(started->value.last_error, "worker died: node 'n1'"));
    auto prefetched = ok(store->find("b"));
    REQUIRE(prefetched);
    CHECK(prefetched->state == job_state::waiting);
    CHECK(prefetched->value.attempt == 0);
  }
}

TEST_CASE("a suspect that an isolated queue leases stays one") {
  auto place = every_backend();
  auto db = place->open();
  auto store = join(*db, "watcher");
  put(*store, a_job("a"));
  auto crash = [&](const std::string& name, bool isolated) {
    auto dying = join(*db, name);
    REQUIRE(prefetch(*dying, 1, isolated).size() == 1);
    kill_node(*place, std::move(dying), name);
    return ok(store->reclaim(rule));
  };
  CHECK(crash("n1", false).freed == 1);
  CHECK(crash("n2", true).freed == 1);
  auto found = ok(store->find("a"));
  REQUIRE(found);
  CHECK(found->state == job_state::suspect);
  CHECK(found->crashes == 1);
  CHECK(found->value.attempt == 2);
}

TEST_CASE("the dead letter of a poisonous job names node, moment and crashes") {
  auto place = every_backend();
  auto db = place->open();
  auto store = join(*db, "watcher");
  put(*store, a_job("poison"));
  std::vector<job> dead;
  incarnation last = 0;
  for (const auto* name : {"n1", "n2", "n3"}) {
    auto dying = ok(db->connect());
    last = ok(dying->join(name, ""));
    REQUIRE(prefetch(*dying, 1).size() == 1);
    place->clock().advance(1s);
    kill_node(*place, std::move(dying), name);
    dead = ok(store->reclaim(rule)).dead;
  }
  REQUIRE(dead.size() == 1);
  // The manual clock begins with the year 2026.
  auto text = "worker died: node 'n3', incarnation " + std::to_string(last)
              + " (its process or connection ended) at 2026-01-01"
                " 00:00:03.000 UTC during attempt 3; crashes: 3 of 3";
  CHECK(dead[0].last_error == text);
  auto letters = ok(store->dead_list({}, true));
  REQUIRE(letters.size() == 1);
  CHECK(letters[0].value == dead[0]);
}

TEST_CASE("a job that is buried unrecorded gets its attempt back, too") {
  auto place = every_backend();
  auto db = place->open();
  auto store = join(*db, "watcher");
  auto dying = join(*db, "n1");
  put(*store, a_job("a"));
  REQUIRE(prefetch(*dying).size() == 1);
  kill_node(*place, std::move(dying));
  auto report = ok(store->reclaim({.silence = 30s, .max_crashes = 1}));
  REQUIRE(report.dead.size() == 1);
  CHECK(report.dead[0].attempt == 0);
  auto found = ok(store->find("a"));
  REQUIRE(found);
  CHECK(found->state == job_state::dead);
  CHECK(found->value.attempt == 0);
  CHECK(found->crashes == 1);
}

TEST_CASE("who leaves gives back what was never started") {
  auto place = every_backend();
  auto db = place->open();
  auto leaving = join(*db, "n1");
  auto store = join(*db, "n2");
  put(*store, {a_job("a"), a_job("b")});
  REQUIRE(prefetch(*leaving, 1).size() == 2);
  ok(leaving->leave());
  CHECK(ok(store->find("a"))->value.attempt == 1);
  auto prefetched = ok(store->find("b"));
  REQUIRE(prefetched);
  CHECK(prefetched->value.attempt == 0);
  CHECK(prefetched->state == job_state::waiting);
}

TEST_CASE("a lease forgets how the one before it was started") {
  auto place = every_backend();
  auto db = place->open();
  auto store = join(*db, "n2");
  auto dying = join(*db, "n1");
  put(*store, a_job("a"));
  // Unrecorded and isolated; then recorded and not isolated.
  auto jobs = prefetch(*dying, 0, true);
  REQUIRE(jobs.size() == 1);
  CHECK(settle_one(*dying, jobs[0], retried{0s, "no luck"}));
  REQUIRE(prefetch(*dying, 1).size() == 1);
  kill_node(*place, std::move(dying));
  CHECK(ok(store->reclaim(rule)).freed == 1);
  auto found = ok(store->find("a"));
  REQUIRE(found);
  CHECK(found->value.attempt == 2);
  CHECK(found->crashes == 1);
}

TEST_CASE("a job's timeout goes with it, to the dead letters and back") {
  auto place = every_backend();
  auto db = place->open();
  auto store = join(*db);
  auto what = a_job("a");
  what.timeout = 90s + 1us;
  put(*store, {what, a_job("b")});
  CHECK(ok(store->find("a"))->value.timeout == what.timeout);
  auto jobs = take(*store);
  REQUIRE(jobs.size() == 2);
  CHECK(jobs[0].value.timeout == what.timeout);
  CHECK(jobs[1].value.timeout == duration{0});
  CHECK(settle_one(*store, jobs[0], dead{"no"}));
  CHECK(ok(store->dead_list({}, true)).at(0).value.timeout == what.timeout);
  CHECK(ok(store->find("a"))->value.timeout == what.timeout);
  CHECK(ok(store->dead_retry({})) == 1);
  CHECK(take_one(*store).value.timeout == what.timeout);
}
