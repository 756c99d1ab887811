#include "store/migrator.hpp"
#include "tests/store/conformance/conformance.hpp"

#include <soci/soci.h>

#include <fstream>
#include <iterator>

using namespace callboard;
using namespace callboard::test;
using namespace std::chrono_literals;

// Tables and nodes of version 1, before starts were recorded.

namespace {

constexpr long long old_node = 4711;

std::string first_step(backend_kind kind) {
  auto dialect = kind == backend_kind::postgres ? "postgres" : "sqlite";
  std::ifstream file{std::string{CALLBOARD_ROOT} + "/store/migrations/"
                     + dialect + "/001_jobs.sql"};
  REQUIRE(file);
  return {std::istreambuf_iterator<char>{file}, {}};
}

/// As a program of version 1 left it: a job that waits, one that runs on a
/// node which died, a suspect and a dead letter.
void make_old_database(const backend& place) {
  auto sql = place.session();
  for (const auto& statement : store::statements_of(first_step(place.kind())))
    *sql << statement;
  *sql << "create table callboard_migration (version bigint primary key not"
          " null, name text not null, applied_at bigint not null)";
  *sql << "insert into callboard_migration values (1, 'jobs', 1)";
  auto bytes
      = place.kind() == backend_kind::postgres ? "'\\x617267'" : "x'617267'";
  auto job = [&](const std::string& id, int state, int attempt, int crashes,
                 const std::string& node) {
    *sql << "insert into callboard_job (id, queue, type, arg, request_id,"
            " priority, state, attempt, max_attempts, crashes, fence, node,"
            " run_at, created_at, updated_at) values ('"
                + id + "', 'mail', 'welcome', " + bytes + ", 'r', 0, "
                + std::to_string(state) + ", " + std::to_string(attempt)
                + ", 9, " + std::to_string(crashes) + ", 0, " + node
                + ", 1, 1, 1)";
  };
  job("waiting", 0, 2, 0, "null");
  job("running", 1, 1, 0, std::to_string(old_node));
  job("suspect", 2, 1, 1, "null");
  *sql << "insert into callboard_dead_job (job_id, queue, type, arg,"
          " request_id, priority, attempt, max_attempts, crashes, fence,"
          " run_at, created_at, died_at, last_error) values ('dead', 'mail',"
          " 'welcome', "
              + std::string{bytes} + ", 'r', 0, 9, 9, 0, 3, 1, 1, 1, 'no')";
  *sql << "insert into callboard_node (id, name, address, started_at, seen_at)"
          " values (:id, 'old', '', 1, 1)",
      soci::use(old_node);
}

/// What a node of version 1, which knows nothing of the newer columns, does.
void lease_as_version_1(soci::session& sql, const std::string& id) {
  sql << "update callboard_job set state = 1, node = " << old_node
      << ", fence = 1000000, attempt = attempt + 1 where id = '" << id << "'";
}

} // namespace

TEST_CASE("tables of version 1 are upgraded with all that is in them") {
  auto place = every_shared_backend();
  make_old_database(*place);
  auto options = place->options();
  options.auto_migrate = false;
  auto why
      = failed_with(place->open(options)->connect(), errc::schema_outdated);
  CHECK(contains(why.message, "version 1"));
  CHECK(contains(why.message, "callboard migrate"));

  auto db = place->open();
  CHECK(ok(db->schema()).version == 1);
  auto store = join(*db);
  auto status = ok(db->schema());
  CHECK(status.version == status.required);
  REQUIRE(status.steps.size() >= 2);
  CHECK(status.steps[0].applied_at == time_point{1us});
  CHECK(status.steps[1].applied_at == place->clock().now());

  // The lease of version 1 counts as a start.
  auto report = ok(store->reclaim({.silence = 30s, .max_crashes = 3}));
  CHECK(report.nodes == strings{"old"});
  auto running = ok(store->find("running"));
  REQUIRE(running);
  CHECK(running->state == job_state::suspect);
  CHECK(running->value.attempt == 1);
  CHECK(running->crashes == 1);

  auto suspect = take_one(*store);
  CHECK(suspect.value.id == "suspect");
  CHECK(suspect.suspect);
  CHECK(suspect.value.attempt == 2);
  auto jobs = take_batch(*store, "mail", 10, false).jobs;
  REQUIRE(ids(jobs) == strings{"waiting"});
  CHECK(jobs[0].value.attempt == 3);
  CHECK(jobs[0].value.arg == "arg");
  CHECK(jobs[0].value.timeout == duration{0});
  CHECK(settle_one(*store, jobs[0], completed{}));
  CHECK(ok(store->dead_retry({.ids = {"dead"}})) == 1);
  CHECK_FALSE(ok(store->find("dead"))->cancelled);
}

TEST_CASE("a node of version 1 may work on beside newer ones") {
  auto place = every_shared_backend();
  make_old_database(*place);
  auto store = join(*place->open());
  auto sql = place->session();
  // A prefetched and isolated lease leaves nothing to a node that does not
  // know of either.
  put(*store, {a_job("released"), a_job("retried"), a_job("rescheduled")});
  auto batches = ok(store->lease(
      {{.queue = "mail", .suspects = false, .start = 0, .isolated = true}}));
  REQUIRE(ids(batches.at(0).jobs) == strings{"waiting"});
  batches = ok(store->lease({{.queue = "mail",
                              .limit = 3,
                              .suspects = false,
                              .start = 0,
                              .isolated = true}}));
  const auto& jobs = batches.at(0).jobs;
  REQUIRE(ids(jobs) == strings{"released", "rescheduled", "retried"});
  CHECK(ok(store->release({ref(jobs[0])})) == 1);
  CHECK(settle_one(*store, jobs[1], rescheduled{duration{0}, {}}));
  CHECK(settle_one(*store, jobs[2], retried{0s, "no"}));
  for (const auto* id : {"released", "rescheduled", "retried"})
    lease_as_version_1(*sql, id);
  CHECK(ok(store->reclaim({.silence = 30s, .max_crashes = 9})).freed == 4);
  for (auto [id, attempt] :
       {std::pair{"released", 1}, {"rescheduled", 1}, {"retried", 2}}) {
    INFO(id);
    auto found = ok(store->find(id));
    REQUIRE(found);
    CHECK(found->value.attempt == attempt);
    CHECK(found->crashes == 1);
  }
}
