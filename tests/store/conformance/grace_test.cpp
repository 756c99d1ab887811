#include "tests/store/conformance/conformance.hpp"

#include <soci/soci.h>

using namespace callboard;
using namespace callboard::test;
using namespace std::chrono_literals;

namespace {

reclaim_rule with_grace(duration grace) {
  return {.silence = 30s, .max_crashes = 3, .grace = grace};
}

} // namespace

TEST_CASE("a node whose lock is free is missed first, and dead after a grace") {
  auto place = every_backend();
  auto db = place->open();
  auto store = join(*db, "n2");
  auto dying = join(*db, "n1");
  put(*store, a_job("a"));
  REQUIRE(take(*dying).size() == 1);
  kill_node(*place, std::move(dying));
  // Nobody has looked yet: the grace begins with the first look.
  place->clock().advance(10s);
  auto report = ok(store->reclaim(with_grace(300ms)));
  CHECK(report.missed == 1);
  CHECK(report.nodes.empty());
  CHECK(ok(store->find("a"))->state == job_state::running);
  place->clock().advance(300ms - 1us);
  CHECK(ok(store->reclaim(with_grace(300ms))).missed == 1);
  place->clock().advance(1us);
  report = ok(store->reclaim(with_grace(300ms)));
  CHECK(report.missed == 0);
  CHECK(report.nodes == strings{"n1"});
  CHECK(report.freed == 1);
  // The moment is that of the first look.
  CHECK(contains(ok(store->find("a"))->value.last_error,
                 " at 2026-01-01 00:00:10.000 UTC "));
  CHECK(ok(store->reclaim(with_grace(300ms))).missed == 0);
}

TEST_CASE("each node is missed for itself, whoever looks") {
  auto place = every_backend();
  auto db = place->open();
  auto one = join(*db, "n1");
  auto two = join(*db, "n2");
  auto first = join(*db, "first");
  auto second = join(*db, "second");
  kill_node(*place, std::move(first), "first");
  CHECK(ok(one->reclaim(with_grace(300ms))).missed == 1);
  place->clock().advance(200ms);
  kill_node(*place, std::move(second), "second");
  CHECK(ok(two->reclaim(with_grace(300ms))).missed == 2);
  place->clock().advance(100ms);
  auto report = ok(two->reclaim(with_grace(300ms)));
  CHECK(report.nodes == strings{"first"});
  CHECK(report.missed == 1);
  // Who has no grace to give buries at once.
  CHECK(ok(one->reclaim(with_grace(0ms))).nodes == strings{"second"});
}

TEST_CASE("a node that comes back within the grace keeps its leases") {
  auto place = every_backend();
  auto db = place->open();
  auto watcher = join(*db, "watcher");
  auto node = ok(db->connect());
  auto id = ok(node->join("n1", ""));
  put(*watcher, {a_job("a"), a_job("b")});
  auto jobs = prefetch(*node, 1);
  REQUIRE(jobs.size() == 2);
  for (int outage = 0; outage < 3; ++outage) {
    kill_node(*place, std::move(node));
    CHECK(ok(watcher->reclaim(with_grace(300ms))).missed == 1);
    place->clock().advance(299ms);
    CHECK(ok(watcher->reclaim(with_grace(300ms))).missed == 1);
    node = ok(db->connect());
    REQUIRE(ok(node->join("n1", "", id)) == id);
    // Missed no more: the next time the grace begins anew.
    CHECK(ok(watcher->reclaim(with_grace(300ms))).missed == 0);
    place->clock().advance(1s);
    CHECK(ok(watcher->reclaim(with_grace(300ms))).nodes.empty());
  }
  CHECK(ok(node->held()).size() == 2);
  CHECK(ok(node->start({ref(jobs[1])})) == std::vector<bool>{true});
  CHECK(settle_one(*node, jobs[0], completed{}));
  CHECK(ok(node->find("b"))->value.attempt == 1);
}

TEST_CASE("who is back first after an outage waits for the others") {
  auto place = every_backend();
  auto db = place->open();
  std::vector<std::unique_ptr<job_store>> nodes;
  std::vector<incarnation> ids;
  strings names{"n0", "n1", "n2"};
  for (const auto& name : names) {
    nodes.push_back(ok(db->connect()));
    ids.push_back(ok(nodes.back()->join(name, "")));
    put(*nodes.back(), a_job("job of " + name));
    REQUIRE(take(*nodes.back()).size() == 1);
  }
  for (std::size_t i = 0; i < nodes.size(); ++i)
    kill_node(*place, std::move(nodes[i]), names[i]);
  // All were silent for longer than a stopped process may be.
  place->clock().advance(5min);
  nodes[0] = ok(db->connect());
  REQUIRE(ok(nodes[0]->join(names[0], "", ids[0])) == ids[0]);
  auto report = ok(nodes[0]->reclaim(with_grace(10s)));
  CHECK(report.nodes.empty());
  CHECK(report.missed == 2);
  place->clock().advance(5s);
  nodes[1] = ok(db->connect());
  REQUIRE(ok(nodes[1]->join(names[1], "", ids[1])) == ids[1]);
  CHECK(ok(nodes[1]->reclaim(with_grace(10s))).missed == 1);
  CHECK(ok(nodes[1]->held()).size() == 1);
  place->clock().advance(5s);
  report = ok(nodes[1]->reclaim(with_grace(10s)));
  CHECK(report.nodes == strings{"n2"});
  CHECK(report.freed == 1);
}

TEST_CASE("a node that is declared dead in its grace can't come back") {
  auto place = every_backend();
  auto db = place->open();
  auto watcher = join(*db, "watcher");
  auto node = ok(db->connect());
  auto id = ok(node->join("n1", ""));
  kill_node(*place, std::move(node));
  CHECK(ok(watcher->reclaim(with_grace(300ms))).missed == 1);
  place->clock().advance(300ms);
  CHECK(ok(watcher->reclaim(with_grace(300ms))).nodes == strings{"n1"});
  node = ok(db->connect());
  CHECK(ok(node->join("n1", "", id)) != id);
}

TEST_CASE("a node that is on its way back is left alone") {
  auto place = backend::make(backend_kind::postgres);
  auto db = place->open();
  auto watcher = join(*db, "watcher");
  auto node = ok(db->connect());
  auto id = ok(node->join("n1", ""));
  kill_node(*place, std::move(node));
  place->clock().advance(5min);
  // Between the two halves of a join: its row is in use, its lock is not.
  auto sql = place->session();
  *sql << "begin";
  *sql << "update callboard_node set seen_at = seen_at where name = 'n1'";
  CHECK(ok(watcher->reclaim(with_grace(0ms))).nodes.empty());
  CHECK(ok(watcher->reclaim(with_grace(300ms))).missed == 1);
  // And with its lock, but before the row is written.
  *sql << "select pg_advisory_lock(:id::int8)", soci::use(id);
  CHECK(ok(watcher->reclaim(with_grace(300ms))).nodes.empty());
  *sql << "select pg_advisory_unlock(:id::int8)", soci::use(id);
  *sql << "commit";
  CHECK(ok(watcher->reclaim(with_grace(0ms))).nodes == strings{"n1"});
}
