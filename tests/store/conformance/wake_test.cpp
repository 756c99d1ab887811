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
  CHECK(ok(listener->wait(10s)).queues == strings{"mail", "video"});
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
  CHECK(ok(listener->wait(10s)).queues == strings{"mail"});
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
  CHECK(ok(listener->wait(10s)).queues == strings{"near"});
}

TEST_CASE("a wake-up of an SQLite file reaches all who opened it") {
  auto place = backend::make(backend_kind::sqlite_file);
  // As in two processes: they share nothing but the file.
  auto near_db = place->open();
  auto far_db = place->open();
  auto store = ok(far_db->connect());
  auto near_listener = ok(near_db->listen());
  auto far_listener = ok(far_db->listen());
  CHECK(ok(near_listener->wait(0s)).empty());
  ok(store->wake({}));
  CHECK(ok(near_listener->wait(0s)).empty());
  ok(store->wake({"mail", "video"}));
  // Which queue is meant is not told: all of them.
  CHECK(ok(near_listener->wait(10s)).queues == strings{""});
  CHECK(ok(far_listener->wait(10s)).queues == strings{""});
  CHECK(ok(near_listener->wait(0s)).empty());
}

TEST_CASE("many wake-ups of an SQLite file become one") {
  auto place = backend::make(backend_kind::sqlite_file);
  auto db = place->open();
  auto store = ok(db->connect());
  auto listener = ok(db->listen());
  for (int i = 0; i < 1000; ++i)
    ok(store->wake({"mail"}));
  CHECK(ok(listener->wait(10s)).queues == strings{""});
  CHECK(ok(listener->wait(0s)).empty());
}

TEST_CASE("who listens hears of a node that joins") {
  auto kind = GENERATE(backend_kind::postgres, backend_kind::sqlite_file);
  auto place = backend::make(kind);
  auto db = place->open();
  auto listener = ok(db->listen());
  auto store = join(*db);
  CHECK(ok(listener->wait(10s)).joined);
  ok(store->heartbeat({}));
  CHECK_FALSE(ok(listener->wait(0s)).joined);
}

TEST_CASE("work on an SQLite file that adds no due job wakes nobody") {
  auto place = backend::make(backend_kind::sqlite_file);
  auto db = place->open();
  auto store = join(*db);
  auto listener = ok(db->listen());
  static_cast<void>(ok(store->nodes()));
  ok(store->heartbeat({}));
  put(*store, a_job("a"));
  CHECK(settle_one(*store, take_one(*store), completed{}));
  ok(store->leave());
  CHECK(ok(listener->wait(0s)).empty());
}

TEST_CASE("an interrupt ends the wait for an SQLite file, too") {
  auto place = backend::make(backend_kind::sqlite_file);
  auto listener = ok(place->open()->listen());
  std::thread interrupter{[&] {
    listener->interrupt();
  }};
  CHECK(ok(listener->wait(60s)).empty());
  interrupter.join();
}

TEST_CASE("a private SQLite database has nobody to listen to, and says so") {
  auto place = backend::make(backend_kind::sqlite_memory);
  auto db = place->open();
  failed_with(db->listen(), errc::unsupported);
  ok(ok(db->connect())->wake({"mail"}));
}

TEST_CASE("who asks a running job to stop lets the listeners know") {
  auto place = every_shared_backend();
  auto far_db = place->open();
  auto near_db = place->open();
  auto store = join(*far_db);
  auto listener = ok(near_db->listen());
  put(*store, {a_job("a"), a_job("b")});
  auto lease = take_one(*store);
  ok(store->wake({"mail"}));
  auto woken = ok(listener->wait(10s));
  CHECK_FALSE(woken.queues.empty());
  CHECK_FALSE(woken.cancels);
  CHECK(ok(store->cancel({"a", "b"}))
        == answers{cancel_answer::asked, cancel_answer::removed});
  CHECK(ok(listener->wait(10s)).cancels);
  // Asked again, told again; nothing to ask, nothing told.
  CHECK(ok(store->cancel({"a"})) == answers{cancel_answer::asked});
  CHECK(ok(listener->wait(10s)).cancels);
  CHECK(ok(store->cancel({"b"})) == answers{cancel_answer::unknown});
  CHECK(ok(listener->wait(0s)).empty());
}
