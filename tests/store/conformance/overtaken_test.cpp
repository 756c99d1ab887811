// Somebody else writes a job's row while a statement of PostgreSQL waits for
// it.
#include "tests/store/conformance/conformance.hpp"
#include "tests/store/postgres/lease_rows.hpp"

#include <soci/soci.h>

#include <chrono>
#include <future>
#include <thread>

using namespace callboard;
using namespace callboard::test;
using namespace std::chrono_literals;

namespace {

/// Also a lease of one job is a large one.
database_ptr open(const backend& place) {
  auto options = place.options();
  options.large_lease = 1;
  return place.open(options);
}

/// Three jobs that a node leases, and somebody who writes to them.
struct scene {
  std::unique_ptr<backend> place = backend::make(backend_kind::postgres);
  database_ptr db = open(*place);
  std::unique_ptr<job_store> store = join(*db);
  std::unique_ptr<soci::session> other = place->session();
  std::unique_ptr<soci::session> watch = place->session();

  std::vector<leased_job> lease() {
    put(*store, {a_job("a"), a_job("b"), a_job("c")});
    auto jobs = take(*store);
    REQUIRE(ids(jobs) == strings{"a", "b", "c"});
    return jobs;
  }

  bool somebody_waits() {
    int count = 0;
    *watch << "select count(*) from pg_stat_activity where datname ="
              " current_database() and wait_event_type = 'Lock'",
        soci::into(count);
    return count > 0;
  }

  /// Begins `writes`, which goes on to write `more` and ends while the work
  /// waits for it.
  template <class Work>
  auto overtake(const std::string& writes, Work work,
                const std::string& more = "select 1") {
    soci::transaction tx{*other};
    *other << writes;
    auto done = std::async(std::launch::async, std::move(work));
    auto end = std::chrono::steady_clock::now() + 20s;
    while (!somebody_waits()) {
      REQUIRE(std::chrono::steady_clock::now() < end);
      std::this_thread::yield();
    }
    *other << more;
    tx.commit();
    return done.get();
  }

  std::string broken() { return broken_lease_rows(*watch); }
};

// As a cancel writes it.
const std::string marks_b
    = "update callboard_job set cancelled = true where id = 'b'";

} // namespace

TEST_CASE("no outcome is lost to a cancel at the same time") {
  auto which = GENERATE(0, 1, 2, 3);
  CAPTURE(which);
  scene it;
  auto jobs = it.lease();
  std::vector<decltype(settlement::action)> all{completed{}, retried{1h, "no"},
                                                dead{"no"},
                                                rescheduled{duration{1h}, {}}};
  auto how = all.at(static_cast<std::size_t>(which));
  std::vector<settlement> outcomes;
  for (const auto& one : jobs)
    outcomes.push_back({one.value.id, one.fence, how});
  // One that is not ours any more stays refused.
  outcomes.push_back({"a", jobs[0].fence - 1, how});
  auto report
      = ok(it.overtake(marks_b, [&] { return it.store->settle(outcomes); }));
  CHECK(report.accepted == std::vector<bool>{true, true, true, false});
  CHECK(ok(it.store->held()).empty());
  CHECK(it.broken() == "");
}

TEST_CASE("nor is one of several kinds in one batch") {
  scene it;
  auto jobs = it.lease();
  std::vector<settlement> outcomes{
      {"a", jobs[0].fence, completed{}},
      {"b", jobs[1].fence, dead{"no"}},
      {"c", jobs[2].fence, retried{1h, "no"}},
  };
  auto report
      = ok(it.overtake(marks_b, [&] { return it.store->settle(outcomes); }));
  CHECK(report.accepted == std::vector<bool>{true, true, true});
  auto buried = ok(it.store->dead_list({}, false));
  REQUIRE(buried.size() == 1);
  CHECK(buried[0].value.id == "b");
}

TEST_CASE("a job that is released while it is cancelled is released") {
  scene it;
  auto jobs = it.lease();
  auto count = ok(it.overtake(marks_b, [&] {
    return it.store->release({ref(jobs[0]), ref(jobs[1]), ref(jobs[2])});
  }));
  CHECK(count == 3);
  CHECK(ok(it.store->held()).empty());
}

TEST_CASE("a start is recorded though the job is cancelled meanwhile") {
  scene it;
  put(*it.store, {a_job("a"), a_job("b")});
  auto jobs = prefetch(*it.store);
  REQUIRE(ids(jobs) == strings{"a", "b"});
  auto ours = ok(it.overtake(marks_b, [&] {
    return it.store->start({ref(jobs[0]), ref(jobs[1]), {"b", 1}});
  }));
  CHECK(ours == std::vector<bool>{true, true, false});
  int unrecorded = -1;
  *it.watch << "select count(*) from callboard_job where unrecorded",
      soci::into(unrecorded);
  CHECK(unrecorded == 0);
}

TEST_CASE("a cancel of a job that is being leased marks it") {
  scene it;
  put(*it.store, {a_job("a"), a_job("b")});
  auto heard = ok(it.overtake(
      "update callboard_job set state = 1, node = 1, holder = 1, fence = 1"
      " where id = 'b'",
      [&] {
        return it.store->cancel({"a", "b", "c"});
      }));
  CHECK(heard
        == answers{cancel_answer::removed, cancel_answer::asked,
                   cancel_answer::unknown});
  int marked = -1;
  *it.watch << "select count(*) from callboard_job where cancelled",
      soci::into(marked);
  CHECK(marked == 1);
}

TEST_CASE("a job that killed its last node is buried though it is cancelled "
          "meanwhile") {
  scene it;
  it.lease();
  kill_node(*it.place, std::move(it.store));
  auto next = join(*it.db, "n2");
  auto report = ok(it.overtake(marks_b, [&] {
    return next->reclaim({.silence = 30s, .max_crashes = 1});
  }));
  CHECK(report.dead.size() == 3);
  CHECK(report.freed == 0);
  CHECK(ok(next->list({}, false)).empty());
}

TEST_CASE("who leaves leaves no job behind that is cancelled meanwhile") {
  scene it;
  it.lease();
  ok(it.overtake(marks_b, [&] { return it.store->leave(); }));
  int leased = -1;
  *it.watch << "select count(*) from callboard_job where state = 1",
      soci::into(leased);
  CHECK(leased == 0);
}

TEST_CASE("a dead letter that somebody else removes does not come back") {
  scene it;
  auto jobs = it.lease();
  std::vector<settlement> outcomes;
  for (const auto& one : jobs)
    outcomes.push_back({one.value.id, one.fence, dead{"no"}});
  ok(it.store->settle(outcomes));
  const std::string removes = "delete from callboard_dead_job"
                              " where job_id = 'b'";
  SECTION("by a retry at the same time") {
    CHECK(ok(it.overtake(removes, [&] { return it.store->dead_retry({}); }))
          == 2);
    CHECK(ok(it.store->list({}, false)).size() == 2);
    CHECK_FALSE(ok(it.store->find("b")));
  }
  SECTION("nor is it purged twice") {
    CHECK(ok(it.overtake(removes, [&] { return it.store->dead_purge({}); }))
          == 2);
    CHECK(ok(it.store->list({}, false)).empty());
  }
}

TEST_CASE("whoever writes several jobs does so in the order of their ids") {
  // Somebody locks the first one, and then the last one: who had locked that
  // before the first would wait for ever.
  scene it;
  auto jobs = it.lease();
  const std::string first = "update callboard_job set cancelled = true"
                            " where id = 'a'";
  const std::string last = "update callboard_job set cancelled = true"
                           " where id = 'c'";
  std::vector<lease_ref> leases{ref(jobs[2]), ref(jobs[1]), ref(jobs[0])};
  SECTION("of outcomes") {
    std::vector<settlement> outcomes;
    for (const auto& one : leases)
      outcomes.push_back({one.id, one.fence, completed{}});
    auto report = ok(it.overtake(
        first, [&] { return it.store->settle(outcomes); }, last));
    CHECK(report.accepted == std::vector<bool>{true, true, true});
  }
  SECTION("of releases") {
    CHECK(ok(it.overtake(
              first, [&] { return it.store->release(leases); }, last))
          == 3);
  }
  SECTION("of starts") {
    CHECK(ok(it.overtake(
              first, [&] { return it.store->start(leases); }, last))
          == std::vector<bool>{true, true, true});
  }
  SECTION("of cancels") {
    CHECK(ok(it.overtake(
              first,
              [&] {
                return it.store->cancel({"c", "b", "a"});
              },
              last))
          == answers{cancel_answer::asked, cancel_answer::asked,
                     cancel_answer::asked});
  }
}

TEST_CASE("a batch of several kinds counts down its leases in order") {
  scene it;
  put(*it.store, a_job("a"));
  auto early = take_one(*it.store);
  put(*it.store, a_job("b"));
  auto late = take_one(*it.store);
  auto counts_down = [](const char* which) {
    return std::string{"update callboard_lease set look_at = look_at where"
                       " number = (select "}
           + which + "(number) from callboard_lease)";
  };
  // The first kind is that of the later lease.
  std::vector<settlement> outcomes{
      {"b", late.fence, completed{}},
      {"a", early.fence, retried{1h, "no"}},
  };
  auto report = ok(it.overtake(
      counts_down("min"), [&] { return it.store->settle(outcomes); },
      counts_down("max")));
  CHECK(report.accepted == std::vector<bool>{true, true});
  CHECK(it.broken() == "");
}
