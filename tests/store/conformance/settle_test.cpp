#include "tests/store/conformance/conformance.hpp"

using namespace callboard;
using namespace callboard::test;
using namespace std::chrono_literals;

TEST_CASE("a completed job is gone") {
  auto place = every_backend();
  auto db = place->open();
  auto store = join(*db);
  put(*store, a_job("a"));
  auto lease = take_one(*store);
  CHECK(settle_one(*store, lease, completed{}));
  CHECK_FALSE(ok(store->find("a")));
  CHECK(ok(store->counts()).empty());
}

TEST_CASE("a lease is settled once, by its first outcome") {
  auto place = every_backend();
  auto db = place->open();
  auto store = join(*db);
  put(*store, {a_job("a"), a_job("b")});
  auto jobs = take(*store);
  REQUIRE(jobs.size() == 2);
  auto report = ok(store->settle({{"a", jobs[0].fence, retried{0s, "e"}},
                                  {"a", jobs[0].fence, completed{}},
                                  {"b", jobs[1].fence + 99, completed{}},
                                  {"b", jobs[1].fence, completed{}},
                                  {"nobody", 1, dead{"e"}}}));
  CHECK(report.accepted == std::vector<bool>{true, false, false, true, false});
  CHECK_FALSE(settle_one(*store, jobs[0], completed{}));
  CHECK_FALSE(settle_one(*store, jobs[1], dead{"late"}));
  CHECK(ok(store->find("a"))->value.last_error == "e");
  CHECK(ok(store->dead_list({}, false)).empty());
}

TEST_CASE("the outcome of an older lease is fenced off") {
  auto place = every_backend();
  auto db = place->open();
  auto store = join(*db);
  put(*store, a_job("a"));
  auto old = take_one(*store);
  CHECK(settle_one(*store, old, retried{0s, "first"}));
  auto now = take_one(*store);
  CHECK(now.fence > old.fence);
  CHECK_FALSE(settle_one(*store, old, completed{}));
  CHECK_FALSE(settle_one(*store, old, dead{"late"}));
  CHECK_FALSE(settle_one(*store, old, retried{0s, "late"}));
  CHECK_FALSE(settle_one(*store, old, rescheduled{duration{0}, {}}));
  CHECK(ok(store->release({{"a", old.fence}})) == 0);
  CHECK(settle_one(*store, now, completed{}));
}

TEST_CASE("an id that is enqueued again is safe from its former lease") {
  auto place = every_backend();
  auto db = place->open();
  auto store = join(*db);
  put(*store, a_job("a"));
  auto old = take_one(*store);
  CHECK(settle_one(*store, old, completed{}));
  put(*store, a_job("a"));
  CHECK_FALSE(settle_one(*store, old, completed{}));
  auto now = take_one(*store);
  CHECK(now.fence > old.fence);
  CHECK_FALSE(settle_one(*store, old, completed{}));
  CHECK(ok(store->find("a"))->state == job_state::running);
}

TEST_CASE("a retried job waits, keeps its error and consumes the attempt") {
  auto place = every_backend();
  auto db = place->open();
  auto store = join(*db);
  put(*store, a_job("a"));
  CHECK(settle_one(*store, take_one(*store), retried{5s, "broken pipe"}));
  auto batch = take_batch(*store);
  CHECK(batch.jobs.empty());
  CHECK(batch.next_due == duration{5s});
  place->clock().advance(5s);
  auto again = take_one(*store);
  CHECK(again.value.attempt == 2);
  CHECK(again.value.last_error == "broken pipe");
}

TEST_CASE("a rescheduled job gets its attempt back") {
  auto place = every_backend();
  auto db = place->open();
  auto store = join(*db);
  put(*store, a_job("a"));
  CHECK(settle_one(*store, take_one(*store),
                   rescheduled{duration{1h}, std::nullopt}));
  CHECK(take(*store).empty());
  place->clock().advance(1h);
  auto again = take_one(*store);
  CHECK(again.value.attempt == 1);
  CHECK(again.value.arg == "arg of a");
  CHECK(settle_one(*store, again, rescheduled{duration{0}, "new"}));
  CHECK(take_one(*store).value.arg == "new");
}

TEST_CASE("failures before a reschedule do not count any more") {
  auto place = every_backend();
  auto db = place->open();
  auto store = join(*db);
  auto job = a_job("a");
  job.max_attempts = 3;
  put(*store, std::move(job));
  // As of a job that reschedules itself for years, and fails now and then.
  for (int run = 0; run < 4; ++run) {
    CHECK(settle_one(*store, take_one(*store), retried{duration{0}, "no"}));
    auto again = take_one(*store);
    CHECK(again.value.attempt == 2);
    CHECK(settle_one(*store, again, rescheduled{duration{0}, {}}));
  }
  auto last = take_one(*store);
  CHECK(last.value.attempt == 1);
  CHECK(settle_one(*store, last, completed{}));
}

TEST_CASE("a job rescheduled by cron runs at the schedule's next time") {
  auto place = every_backend();
  auto db = place->open();
  auto store = join(*db);
  put(*store, a_job("a"));
  CHECK(settle_one(*store, take_one(*store),
                   rescheduled{cron_schedule{"30 3 * * *", "UTC"}, {}}));
  CHECK(take_batch(*store).next_due == duration{3h + 30min});
}

TEST_CASE("a cron schedule without a next time ends in the dead letters") {
  auto place = every_backend();
  auto db = place->open();
  auto store = join(*db);
  put(*store, {a_job("a"), a_job("b")});
  auto jobs = take(*store);
  REQUIRE(jobs.size() == 2);
  CHECK(settle_one(*store, jobs[0],
                   rescheduled{cron_schedule{"0 0 30 2 *", "UTC"}, {}}));
  CHECK(settle_one(*store, jobs[1],
                   rescheduled{cron_schedule{"no cron", "UTC"}, {}}));
  auto letters = ok(store->dead_list({}, false));
  REQUIRE(letters.size() == 2);
  CHECK(contains(letters[0].value.last_error, "0 0 30 2 *"));
  CHECK(contains(letters[1].value.last_error, "can't reschedule"));
}

TEST_CASE("a dead job is kept with its error and attempt") {
  auto place = every_backend();
  auto db = place->open();
  auto store = join(*db);
  put(*store, a_job("a"));
  place->clock().advance(1s);
  CHECK(settle_one(*store, take_one(*store), dead{"unknown type"}));
  auto found = ok(store->find("a"));
  REQUIRE(found);
  CHECK(found->state == job_state::dead);
  CHECK(found->value.attempt == 1);
  CHECK(found->value.last_error == "unknown type");
  CHECK(found->value.arg == "arg of a");
  CHECK(found->updated_at == place->clock().now());
}

TEST_CASE("a released job is due at once with its attempt refunded") {
  auto place = every_backend();
  auto db = place->open();
  auto store = join(*db);
  put(*store, {a_job("a"), a_job("b")});
  auto jobs = take(*store);
  REQUIRE(jobs.size() == 2);
  CHECK(ok(store->release({{"a", jobs[0].fence},
                           {"b", jobs[1].fence},
                           {"b", jobs[1].fence},
                           {"c", 1}}))
        == 2);
  CHECK(ok(store->find("a"))->value.attempt == 0);
  auto again = take(*store);
  CHECK(ids(again) == strings{"a", "b"});
  CHECK(again[0].value.attempt == 1);
  CHECK(again[0].fence > jobs[1].fence);
}

TEST_CASE("a job can be released for a while") {
  auto place = every_backend();
  auto db = place->open();
  auto store = join(*db);
  put(*store, {a_job("a"), a_job("b")});
  auto jobs = take(*store);
  CHECK(ok(store->release({{"a", jobs[0].fence}}, 5s)) == 1);
  auto found = ok(store->find("a"));
  CHECK(found->state == job_state::delayed);
  CHECK(found->value.attempt == 0);
  CHECK(found->value.run_at == place->clock().now() + 5s);
  CHECK(take(*store).empty());
  place->clock().advance(5s);
  CHECK(ids(take(*store)) == strings{"a"});
  // Whoever is to be cancelled need not wait for it.
  CHECK(ok(store->cancel({"b"})) == std::vector{cancel_answer::asked});
  CHECK(ok(store->release({{"b", jobs[1].fence}}, 1h)) == 1);
  CHECK(ok(store->find("b"))->value.run_at <= place->clock().now());
}

TEST_CASE("all kinds of outcomes fit into one batch") {
  auto place = every_backend();
  auto db = place->open();
  auto store = join(*db);
  put(*store, {a_job("a"), a_job("b"), a_job("c"), a_job("d")});
  auto jobs = take(*store);
  REQUIRE(jobs.size() == 4);
  // Outcomes may come over any connection.
  auto other = ok(db->connect());
  auto report
      = ok(other->settle({{"d", jobs[3].fence, rescheduled{duration{1s}, {}}},
                          {"c", jobs[2].fence, dead{"gone"}},
                          {"b", jobs[1].fence, retried{2s, "later"}},
                          {"a", jobs[0].fence, completed{}}}));
  CHECK(report.accepted == std::vector<bool>{true, true, true, true});
  CHECK_FALSE(ok(store->find("a")));
  CHECK(ok(store->find("b"))->value.attempt == 1);
  CHECK(ok(store->find("c"))->state == job_state::dead);
  CHECK(ok(store->find("d"))->value.attempt == 0);
}
