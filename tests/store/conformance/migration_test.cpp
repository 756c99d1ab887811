#include "store/migrator.hpp"
#include "tests/store/conformance/conformance.hpp"

#include <soci/soci.h>

#include <thread>

using namespace callboard;
using namespace callboard::test;

TEST_CASE("a fresh database is migrated once and says so") {
  auto place = every_sql_backend();
  auto db = place->open();
  auto before = ok(db->schema());
  CHECK(before.version == 0);
  CHECK(before.required >= 1);
  REQUIRE_FALSE(before.steps.empty());
  CHECK_FALSE(before.steps[0].applied_at);
  auto after = ok(db->migrate());
  CHECK(after.version == after.required);
  CHECK(after.steps[0].name == "jobs");
  CHECK(after.steps[0].applied_at == place->clock().now());
  CHECK(ok(db->migrate()).version == after.version);
  CHECK(ok(db->schema()).version == after.version);
  ok(db->connect());
}

TEST_CASE("without auto_migrate the first connect names the remedy") {
  auto place = every_shared_backend();
  auto options = place->options();
  options.auto_migrate = false;
  auto db = place->open(options);
  auto why = failed_with(db->connect(), errc::schema_outdated);
  CHECK(contains(why.message, "callboard migrate"));
  ok(db->migrate());
  ok(db->connect());
}

TEST_CASE("tables that need a newer program are left alone") {
  auto place = every_shared_backend();
  ok(place->open()->migrate());
  auto sql = place->session();
  *sql << "insert into callboard_migration (version, name, applied_at, needs)"
          " values (4711, 'future', 0, 4710)";
  auto db = place->open();
  auto why = failed_with(db->connect(), errc::schema_too_new);
  CHECK(contains(why.message, "tables of version 4711, which need a program"
                              " that knows version 4710; this one knows"));
  failed_with(db->migrate(), errc::schema_too_new);
  CHECK(ok(db->schema()).version == 4711);
}

TEST_CASE("several nodes may migrate at once") {
  auto place = every_shared_backend();
  constexpr int nodes = 4;
  std::vector<database_ptr> all;
  std::vector<result<schema_status>> answers(nodes, schema_status{});
  for (int i = 0; i < nodes; ++i)
    all.push_back(place->open());
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < nodes; ++i)
    threads.emplace_back([&, i] { answers[i] = all[i]->migrate(); });
  for (auto& thread : threads)
    thread.join();
  for (auto& answer : answers)
    CHECK(ok(answer).version == ok(answer).required);
}

TEST_CASE("a migration's text falls into its statements") {
  CHECK(store::statements_of("-- why\ncreate table a (\n  x int\n);\n\n"
                             "insert into a values (';');\n")
        == strings{"create table a (\n  x int\n);\n",
                   "insert into a values (';');\n"});
}
