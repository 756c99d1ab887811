#include "tests/store/conformance/conformance.hpp"

#include <soci/soci.h>

using namespace callboard;
using namespace callboard::test;
using namespace std::chrono_literals;

namespace {

error refused(soci::session& sql, std::vector<new_job> jobs) {
  try {
    bulk_enqueue(sql, std::move(jobs));
  } catch (const failure& what) {
    return what.why();
  }
  FAIL("the enqueue was not refused");
  return {};
}

} // namespace

TEST_CASE("a job of the caller's transaction appears with its commit") {
  auto place = every_shared_backend();
  auto store = ok(place->open()->connect());
  auto sql = place->session();
  *sql << "create table orders (id int)";
  soci::transaction tx{*sql};
  *sql << "insert into orders values (1)";
  CHECK(enqueue(*sql, a_job("a")) == "a");
  auto generated = bulk_enqueue(
      *sql, {{.queue = "q", .type = "t"}, {.queue = "q", .type = "t"}});
  CHECK(generated.size() == 2);
  CHECK_FALSE(ok(store->find("a")));
  tx.commit();
  CHECK(ok(store->find("a")));
  CHECK(ok(store->find(generated[1])));
}

TEST_CASE("a job of the caller's transaction goes with its rollback") {
  auto place = every_shared_backend();
  auto store = ok(place->open()->connect());
  auto sql = place->session();
  {
    soci::transaction tx{*sql};
    enqueue(*sql, a_job("a"));
  }
  CHECK_FALSE(ok(store->find("a")));
}

TEST_CASE("without a transaction of the caller an enqueue is all or nothing") {
  auto place = every_shared_backend();
  auto store = ok(place->open()->connect());
  auto sql = place->session();
  enqueue(*sql, a_job("a"));
  auto why = refused(*sql, {a_job("b"), a_job("a"), a_job("c")});
  CHECK(why.code == errc::job_already_exists);
  CHECK(contains(why.message, "'a'"));
  CHECK_FALSE(ok(store->find("b")));
  // The session is as usable as before.
  enqueue(*sql, a_job("d"));
  CHECK(ok(store->find("d")));
}

TEST_CASE("a duplicate in the caller's transaction is named") {
  auto place = every_shared_backend();
  auto store = ok(place->open()->connect());
  auto sql = place->session();
  put(*store, a_job("a"));
  {
    soci::transaction tx{*sql};
    auto why = refused(*sql, {a_job("b"), a_job("a")});
    CHECK(why.code == errc::job_already_exists);
    CHECK(contains(why.message, "'a'"));
    tx.rollback();
  }
  CHECK_FALSE(ok(store->find("b")));
}

TEST_CASE("what the caller's session may not enqueue is refused before") {
  auto place = every_shared_backend();
  auto store = ok(place->open()->connect());
  auto sql = place->session();
  CHECK(refused(*sql, {}).code == errc::empty_bulk);
  CHECK(refused(*sql, {a_job("a"), a_job("a")}).code
        == errc::job_already_exists);
  CHECK(refused(*sql, {{.queue = "", .type = "t"}}).code == errc::invalid_job);
  CHECK(ok(store->counts()).empty());
}

TEST_CASE("an enqueue beside missing tables names the remedy") {
  auto place = every_shared_backend();
  auto sql = place->session();
  auto why = refused(*sql, {a_job("a")});
  CHECK(why.code == errc::schema_outdated);
  CHECK(contains(why.message, "callboard migrate"));
}
