#include "tests/store/conformance/conformance.hpp"

#include <soci/soci.h>

using namespace callboard;
using namespace callboard::test;
using namespace std::chrono_literals;

namespace {

// From now on the job can't be leased: the statement that tries to fails.
void refuse_to_lease(const backend& place, const std::string& id) {
  auto sql = place.session();
  if (place.kind() == backend_kind::postgres) {
    *sql << "create function refuse() returns trigger language plpgsql as"
            " $$ begin raise 'refused'; end $$";
    *sql << "create trigger refuse before update on callboard_job for each row"
            " when (old.id = '"
                + id + "') execute function refuse()";
  } else {
    *sql << "create trigger refuse before update on callboard_job"
            " when old.id = '"
                + id + "' begin select raise(abort, 'refused'); end";
  }
}

} // namespace

TEST_CASE("jobs are leased by priority, due time and id") {
  auto place = every_backend();
  auto db = place->open();
  auto store = join(*db);
  auto now = place->clock().now();
  auto job = [&](std::string id, int priority, duration age) {
    auto what = a_job(std::move(id));
    what.priority = static_cast<std::int16_t>(priority);
    what.run_at = now - age;
    return what;
  };
  put(*store, {job("e", 7, 9s), job("d", 0, 1s), job("c", 0, 1s),
               job("b", 0, 5s), job("a", -32768, 0s), job("f", 32767, 9s)});
  CHECK(ids(take(*store)) == strings{"a", "b", "c", "d", "e", "f"});
}

TEST_CASE("a batch is no larger than its limit and the rest keeps its order") {
  auto place = every_backend();
  auto db = place->open();
  auto store = join(*db);
  put(*store, {a_job("a"), a_job("b"), a_job("c")});
  CHECK(ids(take(*store, "mail", 2)) == strings{"a", "b"});
  auto urgent = a_job("z");
  urgent.priority = -1;
  put(*store, urgent);
  CHECK(ids(take(*store, "mail", 2)) == strings{"z", "c"});
}

TEST_CASE("the attempt and a new fence are written by the lease") {
  auto place = every_backend();
  auto db = place->open();
  auto store = join(*db, "node 7");
  put(*store, {a_job("a"), a_job("b")});
  auto jobs = take(*store);
  REQUIRE(jobs.size() == 2);
  CHECK(jobs[0].value.attempt == 1);
  CHECK(jobs[0].fence != jobs[1].fence);
  auto other = ok(db->connect());
  auto found = ok(other->find("a"));
  REQUIRE(found);
  CHECK(found->state == job_state::running);
  CHECK(found->value.attempt == 1);
  CHECK(found->fence == jobs[0].fence);
  CHECK(found->node == "node 7");
  auto held = ok(store->held());
  CHECK(held.size() == 2);
}

TEST_CASE("several queues are leased at once, each for itself") {
  auto place = every_backend();
  auto db = place->open();
  auto store = join(*db);
  put(*store, {a_job("a", "q1"), a_job("b", "q3"), a_job("c", "q3")});
  auto batches = ok(store->lease(
      {{"q1", 5, true}, {"q2", 5, true}, {"q3", 1, true}, {"q1", 5, true}}));
  REQUIRE(batches.size() == 4);
  CHECK(ids(batches[0].jobs) == strings{"a"});
  CHECK(batches[1].jobs.empty());
  CHECK(ids(batches[2].jobs) == strings{"b"});
  CHECK(batches[3].jobs.empty());
}

TEST_CASE("a lease tells when the next job is due") {
  auto place = every_backend();
  auto db = place->open();
  auto store = join(*db);
  CHECK_FALSE(take_batch(*store).next_due);
  auto later = a_job("a");
  later.delay = 90s;
  later.priority = -5;
  auto sooner = a_job("b");
  sooner.delay = 30s;
  put(*store, {later, sooner, a_job("c")});
  auto batch = take_batch(*store);
  CHECK(ids(batch.jobs) == strings{"c"});
  CHECK(batch.next_due == duration{30s});
  place->clock().advance(10s);
  CHECK(take_batch(*store).next_due == duration{20s});
  place->clock().advance(20s);
  batch = take_batch(*store);
  CHECK(ids(batch.jobs) == strings{"b"});
  CHECK(batch.next_due == duration{60s});
}

TEST_CASE("a job without attempts left goes to the dead letters") {
  auto place = every_backend();
  auto db = place->open();
  auto store = join(*db);
  auto what = a_job("a");
  what.max_attempts = 1;
  put(*store, {what, a_job("b")});
  auto lease = take_one(*store);
  CHECK(settle_one(*store, lease, retried{0s, "no luck"}));
  auto batch = take_batch(*store, "mail", 5);
  CHECK(ids(batch.jobs) == strings{"b"});
  REQUIRE(batch.exhausted.size() == 1);
  CHECK(batch.exhausted[0].id == "a");
  CHECK(batch.exhausted[0].attempt == 1);
  CHECK(batch.exhausted[0].last_error == "attempts used up (1): no luck");
  auto letters = ok(store->dead_list({}, true));
  REQUIRE(letters.size() == 1);
  CHECK(letters[0].value == batch.exhausted[0]);
}

TEST_CASE("a queue of used-up jobs does not hide the jobs behind them") {
  auto place = every_backend();
  auto db = place->open();
  auto store = join(*db);
  auto what = a_job("a");
  what.max_attempts = 1;
  what.priority = -1;
  put(*store, what);
  CHECK(settle_one(*store, take_one(*store), retried{0s, "no"}));
  put(*store, a_job("b"));
  auto first = take_batch(*store, "mail", 1);
  CHECK(first.exhausted.size() == 1);
  // Either it comes along, or the caller is told to look again at once.
  if (first.jobs.empty()) {
    CHECK(first.next_due == duration{0});
    first = take_batch(*store, "mail", 1);
  }
  CHECK(ids(first.jobs) == strings{"b"});
}

TEST_CASE("who did not join leases nothing") {
  auto place = every_backend();
  auto db = place->open();
  auto store = ok(db->connect());
  put(*store, a_job("a"));
  failed_with(store->lease({{"mail", 1, true}}), errc::incarnation_lost);
  CHECK(ok(store->find("a"))->value.attempt == 0);
}

TEST_CASE("a busy queue still finds jobs whose time lies in the past") {
  auto place = every_backend();
  auto db = place->open();
  auto store = join(*db);
  std::vector<new_job> many(1200);
  for (auto& one : many)
    one = {.queue = "mail", .type = "t"};
  put(*store, std::move(many));
  for (int i = 0; i < 10; ++i)
    CHECK(take(*store, "mail", 100).size() == 100);
  auto old = a_job("old");
  old.run_at = place->clock().now() - 24h;
  put(*store, old);
  std::size_t found = 0;
  auto seen = false;
  while (found < 201) {
    auto jobs = take(*store, "mail", 50);
    REQUIRE_FALSE(jobs.empty());
    found += jobs.size();
    for (const auto& one : jobs)
      seen = seen || one.value.id == "old";
  }
  CHECK(seen);
}

TEST_CASE("a lease that fails halfway holds nothing that it does not tell") {
  auto place = every_shared_backend();
  auto db = place->open();
  auto store = join(*db);
  put(*store, {a_job("a"), a_job("b")});
  refuse_to_lease(*place, "b");
  // For one queue twice, PostgreSQL needs two statements.
  auto answer = store->lease({{"mail", 1, true}, {"mail", 1, true}});
  auto held = ok(store->held());
  CHECK_FALSE(store->broken());
  if (answer) {
    REQUIRE(answer->size() == 2);
    REQUIRE(ids(answer->at(0).jobs) == strings{"a"});
    CHECK(held == std::vector<lease_ref>{{"a", answer->at(0).jobs[0].fence}});
    CHECK(answer->at(1).jobs.empty());
    CHECK(answer->at(1).next_due == duration{0});
    // The next one has nothing to give, and shows the error.
    answer = store->lease({{"mail", 1, true}});
  } else {
    CHECK(held.empty());
  }
  auto why = failed_with(answer, errc::database_error);
  CHECK(contains(why.message, "refused"));
}
