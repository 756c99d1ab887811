#include "tests/seed/seed_fixture.hpp"

#include <catch2/catch.hpp>
#include <soci/soci.h>

using namespace callboard;
using namespace callboard::test;

TEST_CASE(
    "a job enqueued in the caller's transaction is stored by its commit") {
  auto fixture = seed_fixture{GENERATE("sqlite", "postgresql")};
  auto id = std::string{};
  fixture.in_own_transaction(true, [&](soci::session& sql) {
    sql << "create table orders (id integer)";
    sql << "insert into orders values (1)";
    id = enqueue(sql, {.queue = "q", .type = "t", .arg = "with the order"});
    CHECK(fixture.stored_jobs("q") == 0);
  });
  CHECK(fixture.stored_jobs("q") == 1);
  CHECK(fixture.look().find(id).value()->value.arg == "with the order");
}

TEST_CASE("a job enqueued in the caller's transaction goes with its rollback") {
  auto fixture = seed_fixture{GENERATE("sqlite", "postgresql")};
  fixture.in_own_transaction(false, [&](soci::session& sql) {
    bulk_enqueue(sql,
                 {{.queue = "q", .type = "a"}, {.queue = "q", .type = "b"}});
  });
  CHECK(fixture.stored_jobs("q") == 0);
}

TEST_CASE("a duplicate id in the caller's transaction is a conflict") {
  auto fixture = seed_fixture{GENERATE("sqlite", "postgresql")};
  fixture.make_client().enqueue({.queue = "q", .type = "t", .id = "x"});
  auto code = errc{};
  fixture.in_own_transaction(false, [&](soci::session& sql) {
    try {
      enqueue(sql, {.queue = "q", .type = "t", .id = "x"});
    } catch (const failure& problem) {
      code = problem.code();
    }
  });
  CHECK(code == errc::job_already_exists);
  CHECK(fixture.stored_jobs("q") == 1);
}

TEST_CASE("a worker performs a job once its transaction is committed") {
  auto fixture = seed_fixture{GENERATE("sqlite", "postgresql")};
  auto jobs = fixture.make_client();
  jobs.upgrade({{.queue = "q", .handle = [](const job&, context&) {
                   return complete();
                 }}});
  fixture.in_own_transaction(true, [&](soci::session& sql) {
    enqueue(sql, {.queue = "q", .type = "t"});
  });
  jobs.wake("q");
  fixture.events->await("completed");
}
