// Programs that know more and less on the same tables.

#include "store/migrator.hpp"
#include "store/sqlite/node_locks.hpp"
#include "tests/store/conformance/conformance.hpp"
#include "tests/store/upgrade/programs.hpp"

#include <soci/soci.h>

#include <barrier>
#include <thread>

using namespace callboard;
using namespace callboard::test;
using namespace std::chrono_literals;

namespace {

const int present = store::postgres_migrations().back().version;

const node_info& named(const std::vector<node_info>& nodes,
                       const std::string& name) {
  for (const auto& one : nodes)
    if (one.name == name)
      return one;
  FAIL("no node " << name);
  return nodes.front();
}

result<schema_status> migrate(const backend& place, program who) {
  return as(who, [&] { return place.open()->migrate(); });
}

result<std::unique_ptr<job_store>> join_as(const backend& place, program who,
                                           const std::string& name,
                                           const std::string& address = "") {
  return as(who, [&]() -> result<std::unique_ptr<job_store>> {
    auto store = place.open()->connect();
    if (!store)
      return store.error();
    if (auto joined = (*store)->join(name, address); !joined)
      return joined.error();
    return store;
  });
}

} // namespace

TEST_CASE("a program works on the tables of the next one") {
  auto place = every_shared_backend();
  auto early = join(*place->open(), "early");
  auto after = ok(migrate(*place, program::next));
  CHECK(after.version == present + 1);
  CHECK(after.needs <= present);

  // Who was there before, who comes now, and the next one, together.
  auto db = place->open();
  auto seen = ok(db->schema());
  CHECK(seen.version == present + 1);
  CHECK(seen.required == present);
  CHECK(seen.steps.back().name == "next");
  CHECK(seen.steps.back().applied_at == place->clock().now());
  auto late = join(*db, "late");
  auto newer = ok(join_as(*place, program::next, "newer"));
  auto nodes = ok(late->nodes());
  CHECK(named(nodes, "early").knows == present);
  CHECK(named(nodes, "late").knows == present);
  CHECK(named(nodes, "newer").knows == present + 1);

  put(*early, {a_job("a"), a_job("b"), a_job("c")});
  auto first = take(*early, "mail", 1);
  auto second = take(*late, "mail", 1);
  auto third = take(*newer, "mail", 1);
  REQUIRE((first.size() == 1 && second.size() == 1 && third.size() == 1));
  CHECK(settle_one(*early, first[0], completed{}));
  CHECK(settle_one(*late, second[0], dead{"no"}));
  CHECK(settle_one(*newer, third[0], retried{0s, "later"}));
  CHECK(ok(late->dead_retry({.ids = {second[0].value.id}})) == 1);
  CHECK(take(*early).size() == 2);

  // Nobody migrates down.
  auto again = ok(db->migrate());
  CHECK(again.version == present + 1);
  CHECK(ok(migrate(*place, program::next)).version == present + 1);
}

TEST_CASE("nodes of two versions may start and migrate at once") {
  auto place = every_shared_backend();
  constexpr int nodes = 6;
  std::vector<result<void>> answers(nodes);
  std::barrier together{nodes};
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < nodes; ++i)
    threads.emplace_back([&, i] {
      together.arrive_and_wait();
      auto joined
          = join_as(*place, i % 2 == 0 ? program::present : program::next,
                    "n" + std::to_string(i));
      if (!joined)
        answers[i] = joined.error();
    });
  for (auto& thread : threads)
    thread.join();
  for (auto& answer : answers)
    ok(answer);
  CHECK(ok(place->open()->schema()).version == present + 1);
}

TEST_CASE("a step that would lock out living nodes is refused") {
  auto place = every_shared_backend();
  auto one = join(*place->open(), "one");
  auto two = ok(join_as(*place, program::present, "two", "10.0.0.7:4910"));
  auto dead = join(*place->open(), "dead");
  kill_node(*place, std::move(dead), "dead");
  auto name = place->open()->name();
  auto why
      = failed_with(migrate(*place, program::apart), errc::schema_outdated);
  CHECK(why.message
        == name + ": after step " + std::to_string(present + 1)
               + " (apart) the tables need programs that know version "
               + std::to_string(present + 1)
               + ", and nodes of older ones are alive: one, two at "
                 "10.0.0.7:4910; stop them first, or run `callboard migrate "
                 "--force` and they fail");
  // The first connect of a new node would have migrated.
  auto connected = join_as(*place, program::apart, "new");
  CHECK(failed_with(connected, errc::schema_outdated).message == why.message);
  CHECK(ok(place->open()->schema()).version == present);
  CHECK(ok(one->nodes()).size() == 3);

  ok(one->leave());
  kill_node(*place, std::move(two), "two");
  ok(join_as(*place, program::apart, "new"));
  auto late = failed_with(place->open()->connect(), errc::schema_too_new);
  CHECK(late.message
        == name + " has callboard tables of version "
               + std::to_string(present + 1)
               + ", which need a program that knows version "
               + std::to_string(present + 1) + "; this one knows version "
               + std::to_string(present) + ": use a newer callboard");
}

TEST_CASE("who migrates anyway locks the others out when they join again") {
  auto place = every_shared_backend();
  auto db = place->open();
  auto old = ok(db->connect());
  auto id = ok(old->join("old", ""));
  auto options = place->options();
  options.migrate_anyway = true;
  ok(as(program::apart, [&] { return place->open(options)->migrate(); }));
  failed_with(old->join("old", "", id), errc::schema_too_new);
  failed_with(old->join("old", ""), errc::schema_too_new);
  // Its program has checked the tables before, and goes by that.
  auto other = ok(db->connect());
  failed_with(other->join("other", ""), errc::schema_too_new);
  ok(join_as(*place, program::apart, "new"));
}

TEST_CASE("a node that joins while the tables leave it behind is in or out") {
  auto place = every_shared_backend();
  for (int round = 0; round < 8; ++round) {
    auto fresh = backend::make(place->kind());
    auto db = fresh->open();
    auto old = ok(db->connect());
    std::barrier together{2};
    result<schema_status> migrated{schema_status{}};
    std::thread other{[&] {
      auto next = as(program::apart, [&] { return fresh->open(); });
      together.arrive_and_wait();
      migrated = as(program::apart, [&] { return next->migrate(); });
    }};
    together.arrive_and_wait();
    auto joined = old->join("old", "");
    other.join();
    INFO((joined ? "joined" : joined.error().message)
         << "; " << (migrated ? "migrated" : migrated.error().message));
    CHECK(joined.has_value() != migrated.has_value());
    if (!joined)
      CHECK(joined.error().code == errc::schema_too_new);
    if (!migrated)
      CHECK(migrated.error().code == errc::schema_outdated);
  }
}

TEST_CASE("nodes from before version 3 count as those that know 2") {
  auto place = every_shared_backend();
  CHECK(ok(migrate(*place, program::past)).version == 2);
  constexpr long long id = 4711;
  auto sql = place->session();
  *sql << "insert into callboard_node (id, name, address, started_at, seen_at)"
          " values (:id, 'old', '', 1, 1)",
      soci::use(id);
  std::unique_ptr<store::lock_file> lock;
  if (place->kind() == backend_kind::postgres) {
    *sql << "select pg_advisory_lock(:id::int8)", soci::use(id);
  } else {
    auto path = place->url().substr(std::string{"sqlite:"}.size());
    lock = std::make_unique<store::lock_file>(store::lock_file_of(path));
    REQUIRE(lock->try_lock(store::liveness_offset(id)));
  }
  auto why
      = failed_with(migrate(*place, program::apart), errc::schema_outdated);
  CHECK(contains(why.message, "are alive: old; stop them first"));
  // Not even the steps before.
  CHECK(ok(place->open()->schema()).version == 2);
  CHECK(ok(migrate(*place, program::next)).version == present + 1);
  auto store = join(*place->open());
  CHECK(named(ok(store->nodes()), "old").knows == 2);
}
