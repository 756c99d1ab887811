#include "tests/store/conformance/conformance.hpp"

using namespace callboard;
using namespace callboard::test;
using namespace std::chrono_literals;

namespace {

const reclaim_rule rule{.silence = 30s, .max_crashes = 3};

void ask(job_store& store, const std::string& id) {
  REQUIRE(ok(store.cancel({id})) == answers{cancel_answer::asked});
}

/// The next lease gives nothing, and moves the job to the dead letters.
void check_buried(job_store& store, const std::string& error) {
  auto batch = take_batch(store);
  CHECK(batch.jobs.empty());
  REQUIRE(batch.exhausted.size() == 1);
  CHECK(batch.exhausted[0].last_error == error);
  auto letters = ok(store.dead_list({}, true));
  REQUIRE(letters.size() == 1);
  CHECK(letters[0].value == batch.exhausted[0]);
}

} // namespace

TEST_CASE("a node learns which of its jobs it is asked to stop") {
  auto place = every_backend();
  auto db = place->open();
  auto store = join(*db, "n1");
  auto other = join(*db, "n2");
  put(*store, {a_job("a"), a_job("b"), a_job("c")});
  auto jobs = take(*store, "mail", 2);
  REQUIRE(jobs.size() == 2);
  REQUIRE(take(*other).size() == 1);
  CHECK(ok(store->heartbeat({})).cancelled.empty());
  ask(*other, "a");
  ask(*other, "c");
  auto asked = ok(store->heartbeat({{"mail", 2, 2, 0, 0, 0}})).cancelled;
  CHECK(asked == std::vector<lease_ref>{ref(jobs[0])});
  // Again, until it is no longer held.
  CHECK(ok(store->heartbeat({})).cancelled.size() == 1);
  auto found = ok(store->find("a"));
  REQUIRE(found);
  CHECK(found->cancelled);
  CHECK(found->state == job_state::running);
  CHECK_FALSE(ok(store->find("b"))->cancelled);
  CHECK(settle_one(*store, jobs[0], retried{1h, "stopped"}));
  CHECK(ok(store->heartbeat({})).cancelled.empty());
}

TEST_CASE("a cancelled job that completes is done") {
  auto place = every_backend();
  auto db = place->open();
  auto store = join(*db);
  put(*store, a_job("a"));
  auto lease = take_one(*store);
  ask(*store, "a");
  CHECK(ok(store->start({ref(lease)})) == std::vector<bool>{true});
  CHECK(settle_one(*store, lease, completed{}));
  CHECK_FALSE(ok(store->find("a")));
  // The id begins anew.
  put(*store, a_job("a"));
  CHECK_FALSE(ok(store->find("a"))->cancelled);
  CHECK(take(*store).size() == 1);
}

TEST_CASE("a cancelled job that answers retry is not given out again") {
  auto place = every_backend();
  auto db = place->open();
  auto store = join(*db);
  put(*store, a_job("a"));
  auto lease = take_one(*store);
  ask(*store, "a");
  CHECK(settle_one(*store, lease, retried{1h, "stopped as asked"}));
  auto found = ok(store->find("a"));
  REQUIRE(found);
  CHECK(found->state == job_state::waiting);
  CHECK(found->value.run_at == place->clock().now());
  check_buried(*store, "cancelled: stopped as asked");
}

TEST_CASE("a cancelled job that is rescheduled is not given out again") {
  auto place = every_backend();
  auto db = place->open();
  auto store = join(*db);
  put(*store, a_job("a"));
  auto lease = take_one(*store);
  ask(*store, "a");
  rescheduled again{cron_schedule{"0 3 * * *", "UTC"}, "new arg"};
  CHECK(settle_one(*store, lease, again));
  check_buried(*store, "cancelled");
  CHECK(ok(store->find("a"))->value.arg == "new arg");
}

TEST_CASE("a cancelled job that is handed back is not given out again") {
  auto place = every_backend();
  auto db = place->open();
  auto store = join(*db);
  put(*store, a_job("a"));
  auto lease = take_one(*store);
  ask(*store, "a");
  CHECK(ok(store->release({ref(lease)})) == 1);
  check_buried(*store, "cancelled");
}

TEST_CASE("a cancelled job that fails for good is dead with its own error") {
  auto place = every_backend();
  auto db = place->open();
  auto store = join(*db);
  put(*store, a_job("a"));
  auto lease = take_one(*store);
  ask(*store, "a");
  CHECK(settle_one(*store, lease, dead{"no route"}));
  CHECK(ok(store->find("a"))->value.last_error == "no route");
}

TEST_CASE("a cancelled job whose node dies is not given out again") {
  auto place = every_backend();
  auto db = place->open();
  auto dying = join(*db, "n1");
  auto store = join(*db, "n2");
  put(*store, a_job("a"));
  REQUIRE(take(*dying).size() == 1);
  ask(*store, "a");
  kill_node(*place, std::move(dying));
  CHECK(ok(store->reclaim(rule)).freed == 1);
  // It will not run, so that it needs not wait to be alone.
  auto found = ok(store->find("a"));
  REQUIRE(found);
  CHECK(found->state == job_state::waiting);
  CHECK(found->crashes == 1);
  check_buried(*store, "cancelled: " + found->value.last_error);
}

TEST_CASE("a cancelled job whose node leaves is not given out again") {
  auto place = every_backend();
  auto db = place->open();
  auto leaving = join(*db, "n1");
  auto store = join(*db, "n2");
  put(*store, a_job("a"));
  REQUIRE(take(*leaving).size() == 1);
  ask(*store, "a");
  ok(leaving->leave());
  auto batch = take_batch(*store);
  CHECK(batch.jobs.empty());
  CHECK(batch.exhausted.size() == 1);
}

TEST_CASE("a cancelled job in its last attempt is called cancelled") {
  auto place = every_backend();
  auto db = place->open();
  auto store = join(*db);
  auto what = a_job("a");
  what.max_attempts = 1;
  put(*store, what);
  auto lease = take_one(*store);
  ask(*store, "a");
  CHECK(settle_one(*store, lease, retried{0s, "stopped"}));
  check_buried(*store, "cancelled: stopped");
}

TEST_CASE("a running suspect is asked, a waiting one is removed") {
  auto place = every_backend();
  auto db = place->open();
  auto dying = join(*db, "n1");
  auto store = join(*db, "n2");
  put(*store, {a_job("a"), a_job("b")});
  REQUIRE(take(*dying).size() == 2);
  kill_node(*place, std::move(dying));
  REQUIRE(ok(store->reclaim(rule)).freed == 2);
  auto lease = take_one(*store);
  REQUIRE(lease.suspect);
  CHECK(ok(store->cancel({"b", "a"}))
        == answers{cancel_answer::removed, cancel_answer::asked});
  CHECK(settle_one(*store, lease, retried{1h, "stopped"}));
  CHECK(ok(store->find("a"))->state == job_state::waiting);
  check_buried(*store, "cancelled: stopped");
}

TEST_CASE("a cancelled job that waits again can be removed") {
  auto place = every_backend();
  auto db = place->open();
  auto store = join(*db);
  put(*store, a_job("a"));
  auto lease = take_one(*store);
  ask(*store, "a");
  CHECK(ok(store->release({ref(lease)})) == 1);
  CHECK(ok(store->cancel({"a"})) == answers{cancel_answer::removed});
  CHECK(take_batch(*store).exhausted.empty());
}

TEST_CASE("a cancelled dead letter that is retried runs again") {
  auto place = every_backend();
  auto db = place->open();
  auto store = join(*db);
  put(*store, a_job("a"));
  auto lease = take_one(*store);
  ask(*store, "a");
  CHECK(ok(store->release({ref(lease)})) == 1);
  check_buried(*store, "cancelled");
  CHECK(ok(store->cancel({"a"})) == answers{cancel_answer::unknown});
  CHECK(ok(store->dead_retry({})) == 1);
  CHECK_FALSE(ok(store->find("a"))->cancelled);
  CHECK(take_one(*store).value.attempt == 1);
}
