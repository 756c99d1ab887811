#include "tests/store/conformance/conformance.hpp"

#include <soci/soci.h>

#include <thread>

using namespace callboard;
using namespace callboard::test;
using namespace std::chrono_literals;

TEST_CASE("a wake-up reaches the listener, each queue once") {
  auto place = backend::make(backend_kind::postgres);
  auto db = place->open();
  auto store = ok(db->connect());
  auto listener = ok(db->listen());
  ok(store->wake({"mail", "video", "mail"}));
  CHECK(ok(listener->wait(10s)) == strings{"mail", "video"});
  CHECK(ok(listener->wait(0s)).empty());
}

TEST_CASE("an enqueue in the caller's transaction wakes with its commit") {
  auto place = backend::make(backend_kind::postgres);
  auto db = place->open();
  auto listener = ok(db->listen());
  auto sql = place->session();
  soci::transaction tx{*sql};
  enqueue(*sql, a_job("a"));
  CHECK(ok(listener->wait(0s)).empty());
  tx.commit();
  CHECK(ok(listener->wait(10s)) == strings{"mail"});
}

TEST_CASE("an interrupt ends the wait of another thread") {
  auto place = backend::make(backend_kind::postgres);
  auto listener = ok(place->open()->listen());
  std::thread interrupter{[&] {
    listener->interrupt();
  }};
  CHECK(ok(listener->wait(60s)).empty());
  interrupter.join();
}

TEST_CASE("a schema's wake-ups stay in it") {
  auto one = backend::make(backend_kind::postgres);
  auto other = backend::make(backend_kind::postgres);
  auto listener = ok(one->open()->listen());
  auto near_db = one->open();
  auto far_db = other->open();
  ok(ok(far_db->connect())->wake({"far"}));
  ok(ok(near_db->connect())->wake({"near"}));
  CHECK(ok(listener->wait(10s)) == strings{"near"});
}

TEST_CASE("SQLite offers no wake-ups and says so") {
  auto place = backend::make(backend_kind::sqlite_file);
  auto db = place->open();
  failed_with(db->listen(), errc::unsupported);
  ok(ok(db->connect())->wake({"mail"}));
}
