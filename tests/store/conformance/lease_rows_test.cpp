// What a lease writes on PostgreSQL beside its jobs, and where they are found.
#include "tests/store/conformance/conformance.hpp"
#include "tests/store/postgres/lease_rows.hpp"

#include <soci/soci.h>

using namespace callboard;
using namespace callboard::test;
using namespace std::chrono_literals;

namespace {

// Enough for a lease that is large here.
constexpr std::size_t many = 70;

database_ptr open(const backend& place) {
  auto options = place.options();
  options.large_lease = 64;
  return place.open(options);
}

struct tables {
  std::unique_ptr<backend> place = backend::make(backend_kind::postgres);
  database_ptr db = open(*place);
  std::unique_ptr<job_store> store = join(*db);
  std::unique_ptr<soci::session> sql = place->session();

  void put_many(std::size_t count = many, const std::string& queue = "mail") {
    std::vector<new_job> jobs;
    for (std::size_t i = 0; i < count; ++i)
      jobs.push_back(a_job(queue + std::to_string(1000 + i), queue));
    put(*store, std::move(jobs));
  }

  std::vector<leased_job> take_many(const std::string& queue = "mail") {
    auto jobs = take(*store, queue, 1000);
    REQUIRE(jobs.size() >= many);
    return jobs;
  }

  std::string broken() { return broken_lease_rows(*sql); }

  long long number(const std::string& query) {
    long long value = -1;
    *sql << query, soci::into(value);
    return value;
  }

  long long leases() { return number("select count(*) from callboard_lease"); }

  bool held(const std::string& id) {
    return number("select (holder is not null)::int4 from callboard_job"
                  " where id = '"
                  + id + "'")
           == 1;
  }

  long long held() {
    return number("select count(*) from callboard_job where holder is not"
                  " null");
  }

  void beat_after(duration time) {
    place->clock().advance(time);
    ok(store->heartbeat({}));
  }
};

constexpr reclaim_rule rule{.silence = 30s, .max_crashes = 3};

} // namespace

TEST_CASE("no index holds a column that each lease changes") {
  tables it;
  soci::rowset<std::string> held = (it.sql->prepare << R"sql(
    select distinct a.attname::text
    from pg_depend d
    join pg_index i on i.indexrelid = d.objid
    join pg_attribute a
      on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
    where d.refobjid = 'callboard_job'::regclass
      and i.indrelid = d.refobjid
    order by 1
  )sql");
  CHECK(strings(held.begin(), held.end())
        == strings{"cancelled", "crashes", "holder", "id", "priority", "queue",
                   "run_at"});
}

TEST_CASE("a page keeps room for the leases of its jobs") {
  tables it;
  it.put_many(200);
  auto pages = "select pg_relation_size('callboard_job')";
  auto before = it.number(pages);
  REQUIRE(before > 0);
  REQUIRE(it.take_many().size() == 200);
  CHECK(it.number(pages) == before);
}

TEST_CASE("a small lease needs no row, and its jobs leave the line at once") {
  tables it;
  it.put_many();
  auto jobs = take(*it.store, "mail", 3);
  REQUIRE(jobs.size() == 3);
  CHECK(it.leases() == 0);
  CHECK(it.held() == 3);
  CHECK(it.broken() == "");
  CHECK(settle_one(*it.store, jobs[0], completed{}));
  CHECK(settle_one(*it.store, jobs[1], retried{1h, "no"}));
  CHECK(it.held() == 1);
  CHECK(it.broken() == "");
}

TEST_CASE("many nodes take no large leases") {
  tables it;
  std::vector<std::unique_ptr<job_store>> others;
  for (const auto* name : {"n2", "n3", "n4"})
    others.push_back(join(*it.db, name));
  it.put_many();
  it.take_many();
  CHECK(it.leases() == 0);
  CHECK(it.held() == many);
  ok(others.back()->leave());
  it.put_many(many, "other");
  it.take_many("other");
  CHECK(it.leases() == 1);
  CHECK(it.broken() == "");
}

TEST_CASE("each outcome takes its job off a large lease") {
  tables it;
  it.put_many();
  it.put_many(many, "other");
  auto batches
      = ok(it.store->lease({{"mail", 1000, true}, {"other", 9, true}}));
  auto jobs = batches.at(0).jobs;
  REQUIRE(jobs.size() == many);
  CHECK(it.leases() == 2);
  CHECK(it.held() == 0);
  CHECK(it.broken() == "");
  auto still = [&] {
    return it.number("select remaining from callboard_lease where queue"
                     " = 'mail'");
  };
  CHECK(still() == many);
  CHECK(settle_one(*it.store, jobs[0], completed{}));
  CHECK(still() == many - 1);
  CHECK(settle_one(*it.store, jobs[1], dead{"no"}));
  CHECK(still() == many - 2);
  CHECK(settle_one(*it.store, jobs[2], retried{1h, "no"}));
  CHECK(still() == many - 3);
  CHECK(settle_one(*it.store, jobs[3], rescheduled{duration{1h}, {}}));
  CHECK(still() == many - 4);
  // A stale one changes nothing.
  CHECK_FALSE(settle_one(*it.store, jobs[0], completed{}));
  CHECK(still() == many - 4);
  std::vector<lease_ref> rest;
  for (std::size_t i = 4; i < jobs.size(); ++i)
    rest.push_back(ref(jobs[i]));
  CHECK(ok(it.store->held()).size() == many - 4 + 9);
  CHECK(ok(it.store->release(rest)) == many - 4);
  CHECK(still() == 0);
  CHECK(it.broken() == "");
  CHECK(it.leases() == 2);
  ok(it.store->heartbeat({}));
  CHECK(it.leases() == 1);
  ok(it.store->leave());
  CHECK(it.leases() == 0);
}

TEST_CASE(
    "what a large lease holds for long leaves the line, and all find it") {
  tables it;
  it.put_many();
  auto jobs = it.take_many();
  auto [last, first] = std::pair{jobs.back(), jobs.front()};
  it.beat_after(1s);
  CHECK(it.held() == 0);
  std::vector<settlement> done;
  for (std::size_t i = 1; i + 1 < jobs.size(); ++i)
    done.push_back({jobs[i].value.id, jobs[i].fence, completed{}});
  ok(it.store->settle(done));
  CHECK(settle_one(*it.store, last, retried{0s, "again"}));
  it.beat_after(1s);
  auto id = first.value.id;
  CHECK(it.held(id));
  CHECK(it.held() == 1);
  CHECK(it.leases() == 0);
  CHECK(it.broken() == "");

  CHECK(ok(it.store->held()) == std::vector<lease_ref>{ref(first)});
  auto counts = ok(it.store->counts());
  REQUIRE(counts.size() == 1);
  CHECK(counts[0].running.value == 1);
  CHECK(counts[0].waiting.value == 1);
  CHECK(ok(it.store->cancel({id})) == answers{cancel_answer::asked});
  CHECK(ok(it.store->heartbeat({})).cancelled
        == std::vector<lease_ref>{ref(first)});
  CHECK(ok(it.store->start({ref(first)})) == std::vector<bool>{true});
  CHECK(settle_one(*it.store, first, completed{}));
  CHECK(it.broken() == "");
}

TEST_CASE("a lease waits for a job that is locked just now") {
  tables it;
  it.put_many();
  auto jobs = it.take_many();
  soci::transaction other{*it.sql};
  *it.sql << "select from callboard_job where id = :id for update",
      soci::use(jobs[0].value.id);
  it.beat_after(2s);
  other.rollback();
  CHECK(it.held() == 0);
  CHECK(it.leases() == 1);
  it.beat_after(1s);
  CHECK(it.held() == many);
  CHECK(it.leases() == 0);
  CHECK(it.broken() == "");
}

TEST_CASE("a held job stands in the line again after each of its ends") {
  auto end = GENERATE(0, 1, 2, 3, 4);
  auto large = GENERATE(false, true);
  CAPTURE(end, large);
  tables it;
  it.put_many(large ? many : 1);
  auto job = take(*it.store, "mail", 100).front();
  if (large)
    it.beat_after(2s);
  auto id = job.value.id;
  REQUIRE(it.held(id));
  auto other = join(*it.db, "n2");
  if (end == 0)
    CHECK(settle_one(*it.store, job, retried{0s, "again"}));
  else if (end == 1)
    CHECK(settle_one(*it.store, job, rescheduled{duration{0}, {}}));
  else if (end == 2)
    CHECK(ok(it.store->release({ref(job)})) == 1);
  else if (end == 3)
    ok(it.store->leave());
  else {
    kill_node(*it.place, std::move(it.store));
    ok(other->reclaim(rule));
  }
  CHECK(it.broken() == "");
  CHECK_FALSE(it.held(id));
  CHECK(take_one(*other).value.id == id);
}

TEST_CASE("jobs that somebody removes by hand leave no lease behind") {
  tables it;
  it.put_many();
  it.put_many(many, "other");
  it.take_many();
  it.take_many("other");
  *it.sql << "delete from callboard_job where queue = 'mail'";
  it.beat_after(1s);
  CHECK(it.leases() == 2);
  it.beat_after(1s);
  CHECK(it.leases() == 0);
  CHECK(it.held() == many);
  CHECK(it.broken() == "");
}

TEST_CASE("what an older program freed of a newer node stands in the line") {
  auto by = GENERATE("a heartbeat", "a join");
  CAPTURE(by);
  tables it;
  it.put_many();
  put(*it.store, a_job("a", "other"));
  it.take_many();
  REQUIRE(take_one(*it.store, "other").value.id == "a");
  auto other = join(*it.db, "n2");
  // As a reclaim of version 3 does it.
  *it.sql << "update callboard_job set state = 0, node = null";
  *it.sql << "delete from callboard_node where name = 'n1'";
  if (by == std::string{"a heartbeat"}) {
    *it.sql << "update callboard_job set holder = 1 where id = 'a'";
    *it.sql << "insert into callboard_node (id, name, address, started_at,"
               " seen_at, knows) values (1, 'old', '', 1, 1, 3)";
    ok(other->heartbeat({}));
  } else {
    join(*it.db, "n3");
  }
  CHECK(it.leases() == 0);
  CHECK(it.broken() == "");
  CHECK(take(*other, "mail", 1000).size() == many);
  CHECK(ids(take(*other, "other")) == strings{"a"});
}

TEST_CASE("leases of an older program are found by reading the table") {
  tables it;
  put(*it.store, {a_job("a"), a_job("b")});
  auto other = join(*it.db, "n2");
  *it.sql << "update callboard_node set knows = 3 where name = 'n1'";
  *it.sql << "update callboard_job set state = 1, fence = 1, attempt = 1,"
             " node = (select id from callboard_node where name = 'n1')"
             " where id = 'a'";
  ok(it.store->heartbeat({{.queue = "mail", .concurrency = 2, .running = 1}}));
  auto counts = ok(other->counts());
  REQUIRE(counts.size() == 1);
  CHECK(counts[0].running.value == 1);
  CHECK(ids(take(*other)) == strings{"b"});
  kill_node(*it.place, std::move(it.store));
  CHECK(ok(other->reclaim(rule)).freed == 1);
  auto freed = ok(other->find("a"));
  REQUIRE(freed);
  CHECK(freed->state == job_state::suspect);
}
