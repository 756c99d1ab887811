#include "actors/client/session_pool.hpp"
#include "tests/support/memory_store.hpp"

#include <catch2/catch.hpp>

#include <memory>

using namespace callboard;
using callboard::actors::session_pool;
using namespace std::chrono_literals;

namespace {

const std::function<result<time_point>(job_store&)> look
    = [](job_store& store) {
        return store.now();
      };

} // namespace

TEST_CASE("a connection is made once and used again") {
  auto db = std::make_shared<testing::memory_database>();
  session_pool pool{db, 30s};
  REQUIRE(pool.with<time_point>(look).has_value());
  REQUIRE(pool.with<time_point>(look).has_value());
  CHECK(db->calls("connect") == 1);
}

TEST_CASE("an operation is tried again only on a connection that went stale") {
  auto db = std::make_shared<testing::memory_database>();
  session_pool pool{db, 30s};
  // A fresh connection that fails is no stale one.
  db->fail("now");
  auto first = pool.with<time_point>(look);
  REQUIRE(!first);
  CHECK(db->calls("now") == 1);
  REQUIRE(pool.with<time_point>(look).has_value());
  db->break_connections();
  REQUIRE(pool.with<time_point>(look).has_value());
  CHECK(db->calls("now") == 4);
  CHECK(db->calls("connect") == 3);
}

TEST_CASE("a commit in doubt is not tried again") {
  auto db = std::make_shared<testing::memory_database>();
  session_pool pool{db, 30s};
  REQUIRE(pool.with<time_point>(look).has_value());
  db->fail("now", {.why = {errc::commit_unknown, "cut"}});
  auto answer = pool.with<time_point>(look);
  REQUIRE(!answer);
  CHECK(answer.error().code == errc::commit_unknown);
  CHECK(db->calls("now") == 2);
}

TEST_CASE("a database that can't be reached costs the pool no place") {
  auto db = std::make_shared<testing::memory_database>();
  session_pool pool{db, 30s, 1};
  db->go_away();
  for (int i = 0; i < 3; ++i) {
    auto answer = pool.with<time_point>(look);
    REQUIRE(!answer);
    CHECK(answer.error().code == errc::database_unreachable);
  }
  db->back();
  CHECK(pool.with<time_point>(look).has_value());
}

TEST_CASE(
    "who finds no free connection in time is told that nothing happened") {
  auto db = std::make_shared<testing::memory_database>();
  session_pool pool{db, 50ms, 1};
  result<time_point> second = error{};
  std::function<result<time_point>(job_store&)> nested = [&](job_store& store) {
    second = pool.with<time_point>(look);
    return store.now();
  };
  CHECK(pool.with<time_point>(nested).has_value());
  REQUIRE(!second);
  CHECK(second.error().code == errc::timed_out);
  CHECK_THAT(second.error().message, Catch::Contains("nothing was stored"));
  CHECK(pool.with<time_point>(look).has_value());
}

TEST_CASE("a connection whose server turned read-only is replaced") {
  auto db = std::make_shared<testing::memory_database>();
  session_pool pool{db, 30s};
  REQUIRE(pool.with<time_point>(look).has_value());
  db->fail("now", {.why = {errc::database_read_only, "standby"}});
  CHECK(pool.with<time_point>(look).has_value());
  CHECK(db->calls("connect") == 2);
}
