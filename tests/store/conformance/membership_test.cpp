#include "tests/store/conformance/conformance.hpp"

#include <soci/soci.h>

#include <algorithm>

using namespace callboard;
using namespace callboard::test;
using namespace std::chrono_literals;

namespace {

constexpr duration silence = 30s;

reclaim_rule rule(std::int32_t max_crashes) {
  return {.silence = silence, .max_crashes = max_crashes};
}

} // namespace

TEST_CASE("a node is registered, seen and gone when it leaves") {
  auto place = every_backend();
  auto db = place->open();
  auto store = ok(db->connect());
  auto id = ok(store->join("n1", "host:4910"));
  CHECK(id > 0);
  place->clock().advance(2s);
  ok(store->heartbeat({{"mail", 4, 3, 10, 1, 2500}, {"video", 1, 0, 0, 0, 0}}));
  ok(store->heartbeat({{"mail", 4, 2, 11, 1, 2600}}));
  auto nodes = ok(store->nodes());
  REQUIRE(nodes.size() == 1);
  CHECK(nodes[0].id == id);
  CHECK(nodes[0].name == "n1");
  CHECK(nodes[0].address == "host:4910");
  CHECK(nodes[0].alive);
  CHECK(nodes[0].seen_at - nodes[0].started_at == 2s);
  REQUIRE(nodes[0].queues.size() == 1);
  CHECK(nodes[0].queues[0].running == 2);
  CHECK(nodes[0].queues[0].performed == 11);
  CHECK(nodes[0].queues[0].per_second_milli == 2600);
  ok(store->leave());
  ok(store->leave());
  CHECK(ok(store->nodes()).empty());
}

TEST_CASE("a heartbeat tells where the node stands among all") {
  auto place = every_backend();
  auto db = place->open();
  auto first = join(*db, "n1");
  place->clock().advance(1s);
  auto second = join(*db, "n2");
  place->clock().advance(1s);
  auto third = join(*db, "n3");
  auto standing = [](job_store& of) {
    auto told = ok(of.heartbeat({})).standing;
    REQUIRE(told);
    return std::pair{told->others, told->ahead};
  };
  using place_of = std::pair<std::size_t, std::size_t>;
  CHECK(standing(*first) == place_of{2, 0});
  CHECK(standing(*second) == place_of{2, 1});
  CHECK(standing(*third) == place_of{2, 2});
  ok(first->leave());
  CHECK(standing(*second) == place_of{1, 0});
  CHECK(standing(*third) == place_of{1, 1});
  ok(second->leave());
  CHECK(standing(*third) == place_of{0, 0});
}

TEST_CASE("the jobs of a dead node wait as suspects") {
  auto place = every_backend();
  auto db = place->open();
  auto dying = join(*db, "n1");
  auto store = join(*db, "n2");
  put(*store, {a_job("a"), a_job("b")});
  auto leases = take(*dying);
  REQUIRE(leases.size() == 2);
  CHECK(ok(store->reclaim(rule(3))).nodes.empty());
  kill_node(*place, std::move(dying));
  place->clock().advance(1s);
  auto report = ok(store->reclaim(rule(3)));
  CHECK(report.nodes == strings{"n1"});
  CHECK(report.freed == 2);
  CHECK(report.dead.empty());
  auto found = ok(store->find("a"));
  REQUIRE(found);
  CHECK(found->state == job_state::suspect);
  CHECK(found->crashes == 1);
  CHECK(found->value.attempt == 1);
  CHECK(found->value.run_at == place->clock().now());
  CHECK(contains(found->value.last_error, "worker died: node 'n1'"));
  CHECK(contains(found->value.last_error, "attempt 1"));
  CHECK_FALSE(settle_one(*store, leases[0], completed{}));
  CHECK(ok(store->nodes()).size() == 1);
  CHECK(ok(store->reclaim(rule(3))).nodes.empty());
}

TEST_CASE("a suspect comes alone, and only to who may have one") {
  auto place = every_backend();
  auto db = place->open();
  auto dying = join(*db, "n1");
  auto store = join(*db, "n2");
  put(*store, {a_job("a"), a_job("b")});
  REQUIRE(take(*dying).size() == 2);
  kill_node(*place, std::move(dying));
  CHECK(ok(store->reclaim(rule(3))).freed == 2);
  put(*store, {a_job("c"), a_job("d")});
  auto without = take_batch(*store, "mail", 1, false);
  CHECK(ids(without.jobs) == strings{"c"});
  CHECK_FALSE(without.jobs[0].suspect);
  auto batch = take_batch(*store, "mail", 10, true);
  CHECK(ids(batch.jobs) == strings{"a"});
  CHECK(batch.jobs[0].suspect);
  CHECK(batch.jobs[0].value.attempt == 2);
  CHECK(batch.next_due == duration{0});
  // The caller holds a suspect now: nothing else is said to be due.
  auto rest = take_batch(*store, "mail", 10, false);
  CHECK(ids(rest.jobs) == strings{"d"});
  CHECK_FALSE(rest.next_due);
  CHECK(settle_one(*store, batch.jobs[0], completed{}));
  CHECK(ids(take_batch(*store).jobs) == strings{"b"});
}

TEST_CASE("a released suspect stays one") {
  auto place = every_backend();
  auto db = place->open();
  auto dying = join(*db, "n1");
  auto store = join(*db, "n2");
  put(*store, a_job("a"));
  REQUIRE(take(*dying).size() == 1);
  kill_node(*place, std::move(dying));
  CHECK(ok(store->reclaim(rule(3))).freed == 1);
  auto lease = take_one(*store);
  CHECK(ok(store->release({{"a", lease.fence}})) == 1);
  CHECK(ok(store->find("a"))->state == job_state::suspect);
  CHECK(take_one(*store).suspect);
}

TEST_CASE("a job that outlives too many nodes goes to the dead letters") {
  auto place = every_backend();
  auto db = place->open();
  auto store = join(*db, "watcher");
  put(*store, a_job("poison"));
  auto crash = [&](const std::string& name) {
    auto dying = join(*db, name);
    REQUIRE(take(*dying).size() == 1);
    kill_node(*place, std::move(dying), name);
    return ok(store->reclaim(rule(2)));
  };
  CHECK(crash("n1").freed == 1);
  auto report = crash("n2");
  CHECK(report.freed == 0);
  REQUIRE(report.dead.size() == 1);
  CHECK(report.dead[0].id == "poison");
  CHECK(report.dead[0].attempt == 2);
  CHECK(contains(report.dead[0].last_error, "node 'n2'"));
  auto found = ok(store->find("poison"));
  REQUIRE(found);
  CHECK(found->state == job_state::dead);
  CHECK(found->crashes == 2);
}

TEST_CASE("a silent node is dead though its lock is held") {
  auto place = every_backend();
  auto db = place->open();
  auto stopped = join(*db, "stopped");
  auto store = join(*db, "n2");
  put(*store, a_job("a"));
  auto lease = take_one(*stopped);
  place->clock().advance(silence);
  ok(store->heartbeat({}));
  CHECK(ok(store->reclaim(rule(3))).nodes.empty());
  place->clock().advance(1us);
  auto report = ok(store->reclaim(rule(3)));
  CHECK(report.nodes == strings{"stopped"});
  CHECK(report.freed == 1);
  failed_with(stopped->heartbeat({}), errc::incarnation_lost);
  failed_with(stopped->lease({{"mail", 1, true}}), errc::incarnation_lost);
  failed_with(stopped->held(), errc::incarnation_lost);
  CHECK_FALSE(settle_one(*stopped, lease, completed{}));
  ok(stopped->join("again", ""));
  CHECK(take(*stopped).size() == 1);
}

TEST_CASE("a node never declares itself dead") {
  auto place = every_backend();
  auto db = place->open();
  auto store = join(*db);
  put(*store, a_job("a"));
  auto lease = take_one(*store);
  place->clock().advance(24h);
  CHECK(ok(store->reclaim(rule(1))).nodes.empty());
  CHECK(settle_one(*store, lease, completed{}));
}

TEST_CASE("a node goes on as its former incarnation when its lock is free") {
  auto place = every_backend();
  auto db = place->open();
  auto first = ok(db->connect());
  auto id = ok(first->join("n1", ""));
  put(*first, a_job("a"));
  auto lease = take_one(*first);
  // Somebody else holds the lock: a new incarnation.
  auto elsewhere = place->kind() == backend_kind::postgres ? place->open() : db;
  auto second = ok(elsewhere->connect());
  auto other = ok(second->join("n1", "", id));
  CHECK(other != id);
  ok(second->leave());
  kill_node(*place, std::move(first));
  CHECK(ok(second->join("n1", "", id)) == id);
  CHECK(ok(second->reclaim(rule(3))).nodes.empty());
  CHECK(ok(second->held()) == std::vector<lease_ref>{{"a", lease.fence}});
  CHECK(settle_one(*second, lease, completed{}));
}

TEST_CASE("a node that was declared dead gets a new incarnation") {
  auto place = every_backend();
  auto db = place->open();
  auto watcher = join(*db, "watcher");
  auto store = ok(db->connect());
  auto id = ok(store->join("n1", ""));
  kill_node(*place, std::move(store));
  CHECK(ok(watcher->reclaim(rule(3))).nodes == strings{"n1"});
  store = ok(db->connect());
  CHECK(ok(store->join("n1", "", id)) != id);
  CHECK(take(*store).empty());
}

TEST_CASE("who leaves with leases frees them and blames none") {
  auto place = every_backend();
  auto db = place->open();
  auto store = join(*db, "n2");
  put(*store, a_job("a"));
  // More often than a job may crash.
  for (int deploy = 1; deploy <= 4; ++deploy) {
    auto leaving = join(*db, "n1");
    auto lease = take_one(*leaving);
    CHECK_FALSE(lease.suspect);
    place->clock().advance(1s);
    ok(leaving->leave());
    failed_with(leaving->held(), errc::incarnation_lost);
    failed_with(leaving->lease({{"mail", 1, true}}), errc::incarnation_lost);
    CHECK_FALSE(settle_one(*leaving, lease, completed{}));
    auto found = ok(store->find("a"));
    REQUIRE(found);
    CHECK(found->state == job_state::waiting);
    CHECK(found->crashes == 0);
    CHECK(found->value.attempt == deploy);
    CHECK(found->value.run_at == place->clock().now());
    CHECK(contains(found->value.last_error, "(it left while it held jobs)"));
  }
  CHECK(ok(store->reclaim(rule(3))).nodes.empty());
  CHECK(take(*store).size() == 1);
}

TEST_CASE("a suspect whose node leaves stays one and is not blamed") {
  auto place = every_backend();
  auto db = place->open();
  auto store = join(*db, "n2");
  auto dying = join(*db, "n1");
  put(*dying, a_job("a"));
  REQUIRE(take(*dying).size() == 1);
  kill_node(*place, std::move(dying));
  REQUIRE(ok(store->reclaim(rule(2))).freed == 1);
  auto leaving = join(*db, "n3");
  CHECK(take_one(*leaving).suspect);
  ok(leaving->leave());
  auto found = ok(store->find("a"));
  REQUIRE(found);
  CHECK(found->state == job_state::suspect);
  CHECK(found->crashes == 1);
  CHECK(take_one(*store).suspect);
}

TEST_CASE("a reclaim leaves nodes to others that are burying them") {
  auto place = backend::make(backend_kind::postgres);
  auto options = place->options();
  // Whoever waits for the lock fails soon.
  options.statement_timeout = 2s;
  auto store = join(*place->open(options), "watcher");
  auto db = place->open();
  auto silent = join(*db, "silent");
  put(*store, {a_job("a"), a_job("b")});
  REQUIRE(take_one(*silent).value.id == "a");
  auto dead = join(*db, "dead");
  REQUIRE(take_one(*dead).value.id == "b");
  place->clock().advance(silence + 1us);
  ok(dead->heartbeat({}));
  ok(store->heartbeat({}));

  // A node that was stopped in the middle of its own reclaim.
  auto sql = place->session();
  *sql << "begin";
  *sql << "delete from callboard_node where name = 'silent'";
  kill_node(*place, std::move(dead), "dead");
  auto report = ok(store->reclaim(rule(3)));
  CHECK(report.nodes == strings{"dead"});
  CHECK(report.freed == 1);
  report = ok(store->reclaim(rule(3)));
  CHECK(report.nodes.empty());
  CHECK(ok(store->find("a"))->state == job_state::running);

  *sql << "rollback";
  report = ok(store->reclaim(rule(3)));
  CHECK(report.nodes == strings{"silent"});
  CHECK(report.freed == 1);
}
