// Leases on a second connection, for a node that the first one joined as.
#include "tests/store/conformance/racing.hpp"

#include <soci/soci.h>

#include <thread>

using namespace callboard;
using namespace callboard::test;

namespace {

/// Of one node, which the first one joined as.
struct two_connections {
  std::unique_ptr<backend> place = every_backend();
  database_ptr db = place->open();
  std::unique_ptr<job_store> first = ok(db->connect());
  incarnation node = ok(first->join("n1", ""));
  std::unique_ptr<job_store> second = ok(db->connect());

  bool one_writes() const {
    return place->kind() == backend_kind::sqlite_file
           || place->kind() == backend_kind::sqlite_memory;
  }
};

std::vector<leased_job> take_for(job_store& store, incarnation node,
                                 std::size_t limit = 10) {
  auto batches = ok(store.lease_for(node, {{.queue = "mail", .limit = limit}}));
  REQUIRE(batches.size() == 1);
  return std::move(batches.front().jobs);
}

constexpr reclaim_rule rule{.silence = std::chrono::seconds{30},
                            .max_crashes = 3};

} // namespace

TEST_CASE("where one connection at a time writes, the node's own one leases") {
  two_connections both;
  if (!both.one_writes())
    return;
  failed_with(both.second->lease_for(both.node, {{.queue = "mail"}}),
              errc::unsupported);
}

TEST_CASE("a second connection leases for the node, and the first one knows of "
          "it") {
  two_connections both;
  if (both.one_writes())
    return;
  auto& [place, db, first, node, second] = both;
  put(*second, {a_job("a"), a_job("b"), a_job("c")});
  auto a = take_for(*second, node, 1);
  REQUIRE(ids(a) == strings{"a"});
  CHECK(a[0].value.attempt == 1);
  auto b = take_one(*first);
  CHECK(b.value.id == "b");
  CHECK(b.fence != a[0].fence);
  CHECK(ok(first->held()) == std::vector<lease_ref>{ref(a[0]), ref(b)});
  // Whoever asks to cancel it is told to the node.
  CHECK(ok(second->cancel({"a"})) == answers{cancel_answer::asked});
  CHECK(ok(first->heartbeat({})).cancelled
        == std::vector<lease_ref>{ref(a[0])});
  CHECK(settle_one(*second, a[0], completed{}));
  CHECK(settle_one(*second, b, completed{}));
  CHECK(ids(take_for(*second, node)) == strings{"c"});
  // It has not joined by that.
  failed_with(second->lease({{"mail", 1, true}}), errc::incarnation_lost);
  CHECK(ok(second->nodes()).size() == 1);
}

TEST_CASE("what the second connection leased goes with the node, whose lock "
          "is the first one's") {
  two_connections both;
  if (both.one_writes())
    return;
  auto& [place, db, first, node, second] = both;
  auto watcher = join(*db, "watcher");
  put(*second, {a_job("a"), a_job("b")});
  auto a = take_for(*second, node, 1);
  REQUIRE(a.size() == 1);
  kill_node(*place, std::move(first));
  // Until it is declared dead it is registered.
  auto b = take_for(*second, node, 1);
  REQUIRE(ids(b) == strings{"b"});
  auto report = ok(watcher->reclaim(rule));
  CHECK(report.nodes == strings{"n1"});
  CHECK(report.freed == 2);
  failed_with(second->lease_for(node, {{.queue = "mail"}}),
              errc::incarnation_lost);
  CHECK_FALSE(settle_one(*second, a[0], completed{}));
  CHECK_FALSE(settle_one(*second, b[0], completed{}));
  CHECK(take_one(*watcher).suspect);
}

TEST_CASE("nothing is leased for a node that has left") {
  two_connections both;
  if (both.one_writes())
    return;
  auto& [place, db, first, node, second] = both;
  put(*second, {a_job("a"), a_job("b")});
  auto a = take_for(*second, node, 1);
  ok(first->leave());
  CHECK_FALSE(settle_one(*second, a.at(0), completed{}));
  failed_with(second->lease_for(node, {{.queue = "mail"}}),
              errc::incarnation_lost);
  auto other = join(*db, "n2");
  CHECK(ids(take(*other)) == strings{"a", "b"});
}

TEST_CASE("two connections of a node share out its jobs") {
  two_connections both;
  if (both.one_writes())
    return;
  auto& [place, db, first, node, second] = both;
  race all{.jobs = 3000};
  all.prepare(*second);
  std::vector<lease_request> wish{{"mail", 41, false}};
  std::vector<strings> seen(2);
  std::thread beside{[&] {
    all.run(*second, seen[0], [&] { return second->lease_for(node, wish); });
  }};
  all.run(*first, seen[1], [&] { return first->lease(wish); });
  beside.join();
  all.check(seen);
  CHECK(ok(first->held()).empty());
}

TEST_CASE("what a second connection leaves in the middle of a commit is not "
          "leased behind the node's back") {
  auto place = backend::make(backend_kind::postgres);
  auto db = place->open();
  auto first = ok(db->connect());
  auto node = ok(first->join("n1", ""));
  auto second = ok(db->connect());
  put(*first, {a_job("a"), a_job("b")});
  // It is planned, and known, before it hangs.
  REQUIRE(ids(take_for(*second, node, 1)) == strings{"a"});
  auto sql = place->session();
  *sql << "create function stall() returns trigger language plpgsql as"
          " $$begin perform pg_advisory_xact_lock(hashtext(current_schema()));"
          " return null; end$$";
  *sql << "create constraint trigger stall after update on callboard_job"
          " deferrable initially deferred for each row"
          " execute function stall()";
  *sql << "begin";
  *sql << "select pg_advisory_xact_lock(hashtext(current_schema()))";
  second->give_up_at(std::chrono::steady_clock::now()
                     + std::chrono::milliseconds{200});
  failed_with(second->lease_for(node, {{.queue = "mail", .limit = 1}}),
              errc::commit_unknown);
  CHECK(second->broken());
  second.reset();
  auto held = ok(first->held());
  REQUIRE(held.size() == 1);
  CHECK(held[0].id == "a");
  *sql << "commit";
  *sql << "drop trigger stall on callboard_job";
  // It is free, and nobody has it who does not know of it.
  CHECK(ids(take(*first)) == strings{"b"});
}
