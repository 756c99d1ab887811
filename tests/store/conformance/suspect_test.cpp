#include "tests/store/conformance/conformance.hpp"

using namespace callboard;
using namespace callboard::test;
using namespace std::chrono_literals;

namespace {

constexpr duration silence = 30s;

reclaim_rule rule(std::int32_t max_crashes) {
  return {.silence = silence, .max_crashes = max_crashes};
}

/// Enqueues jobs that a node dies with, so that they wait as suspects.
void put_suspects(const backend& place, database& db, job_store& watcher,
                  std::vector<new_job> jobs) {
  auto dying = join(db, "dying");
  auto count = jobs.size();
  put(*dying, std::move(jobs));
  REQUIRE(take(*dying).size() == count);
  kill_node(place, std::move(dying), "dying");
  REQUIRE(ok(watcher.reclaim(rule(3))).freed == count);
}

} // namespace

TEST_CASE("a retried suspect stays one and waits for its time") {
  auto place = every_backend();
  auto db = place->open();
  auto store = join(*db);
  put_suspects(*place, *db, *store, {a_job("a")});
  auto lease = take_one(*store);
  REQUIRE(lease.suspect);
  CHECK(settle_one(*store, lease, retried{5s, "no luck"}));
  auto found = ok(store->find("a"));
  REQUIRE(found);
  CHECK(found->state == job_state::suspect);
  CHECK(found->crashes == 1);
  CHECK(found->value.attempt == 2);
  CHECK(found->value.last_error == "no luck");
  CHECK(found->node.empty());

  // Not due: nobody gets it, and it keeps nobody from the others.
  put(*store, {a_job("b"), a_job("c")});
  auto batch = take_batch(*store);
  CHECK(ids(batch.jobs) == strings{"b", "c"});
  CHECK(batch.next_due == duration{5s});
  CHECK_FALSE(take_batch(*store, "mail", 10, false).next_due);
  place->clock().advance(5s - 1us);
  CHECK(take(*store).empty());
  place->clock().advance(1us);
  CHECK(take(*store).size() == 1);
}

TEST_CASE("a retried suspect comes alone again") {
  auto place = every_backend();
  auto db = place->open();
  auto store = join(*db);
  put_suspects(*place, *db, *store, {a_job("a")});
  CHECK(settle_one(*store, take_one(*store), retried{0s, "no luck"}));
  put(*store, a_job("b"));
  CHECK(ids(take_batch(*store, "mail", 1, false).jobs) == strings{"b"});
  auto jobs = take(*store);
  CHECK(ids(jobs) == strings{"a"});
  CHECK(jobs.at(0).suspect);
}

TEST_CASE("a delayed suspect is counted and listed as a suspect") {
  auto place = every_backend();
  auto db = place->open();
  auto store = join(*db);
  put_suspects(*place, *db, *store, {a_job("a")});
  CHECK(settle_one(*store, take_one(*store), retried{5s, "no luck"}));
  auto queues = ok(store->counts());
  REQUIRE(queues.size() == 1);
  CHECK(queues[0].suspect.value == 1);
  CHECK(queues[0].waiting.value == 0);
  CHECK(queues[0].delayed.value == 0);
  CHECK_FALSE(queues[0].oldest_due);
  auto listed = [&](job_state state) {
    return ok(store->list({.state = state}, false)).size();
  };
  CHECK(listed(job_state::suspect) == 1);
  CHECK(listed(job_state::delayed) == 0);
  CHECK(listed(job_state::waiting) == 0);
  place->clock().advance(7s);
  CHECK(ok(store->counts()).at(0).oldest_due == duration{2s});
  CHECK(ok(store->cancel({"a"})) == answers{cancel_answer::removed});
}

TEST_CASE("a rescheduled suspect is an ordinary job again") {
  auto place = every_backend();
  auto db = place->open();
  auto store = join(*db);
  put_suspects(*place, *db, *store, {a_job("a")});
  CHECK(settle_one(*store, take_one(*store), rescheduled{duration{0}, {}}));
  auto found = ok(store->find("a"));
  REQUIRE(found);
  CHECK(found->state == job_state::waiting);
  CHECK(found->crashes == 0);
  CHECK_FALSE(take_one(*store).suspect);
}

TEST_CASE("a used-up suspect does not hide the next one") {
  auto place = every_backend();
  auto db = place->open();
  auto store = join(*db);
  auto used_up = a_job("a");
  used_up.max_attempts = 1;
  put_suspects(*place, *db, *store, {used_up, a_job("b")});
  auto batch = take_batch(*store);
  CHECK(batch.exhausted.size() == 1);
  // Either it comes along, or the caller is told to look again at once.
  if (batch.jobs.empty()) {
    CHECK(batch.next_due == duration{0});
    batch = take_batch(*store);
  }
  CHECK(ids(batch.jobs) == strings{"b"});
}

TEST_CASE("a dead letter tells the attempts that were given out, and no more") {
  auto place = every_backend();
  auto db = place->open();
  auto store = join(*db);
  auto once = a_job("a");
  once.max_attempts = 1;
  put_suspects(*place, *db, *store, {once});
  auto batch = take_batch(*store);
  REQUIRE(batch.exhausted.size() == 1);
  CHECK(batch.exhausted[0].attempt == 1);
  auto letters = ok(store->dead_list({}, false));
  REQUIRE(letters.size() == 1);
  CHECK(letters[0].value.attempt == 1);
  CHECK(contains(letters[0].value.last_error, "attempts used up (1): worker "));
}
