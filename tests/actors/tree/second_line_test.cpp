// A queue that is far behind is leased from on two connections.
#include "tests/actors/tree/far_behind.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <random>
#include <utility>

using namespace callboard;
using namespace callboard::testing;
using namespace std::chrono_literals;

namespace {

/// So many jobs wait when the first slots come.
void fall_behind(tree_fixture& tree, std::size_t jobs, int concurrency) {
  tree.enqueue(many(jobs));
  tree.upgrade({{.queue = "mail",
                 .concurrency = concurrency,
                 .handle = [](const job&, context&) {
                   return complete();
                 }}});
}

/// Whoever has mail may be next: `settle` would let the oldest actors go first.
void run(tree_fixture& tree) {
  std::mt19937_64 random{7};
  while (tree.step(random())) {
  }
}

} // namespace

TEST_CASE("a rush opens a second connection that leases") {
  tree_fixture tree;
  slow_leases(tree);
  fall_behind(tree, 6000, 8);
  run(tree);
  check_all_done(tree, 6000);
  CHECK(tree.alive("session") == 3);
  CHECK(tree.db->calls("lease_for") > 0);
  CHECK(tree.db->calls("held") == 0);
  CHECK(tree.db->node_count() == 1);
}

TEST_CASE("a single slot gets its jobs in order, on one connection") {
  tree_fixture tree;
  slow_leases(tree);
  fall_behind(tree, 3000, 1);
  run(tree);
  check_all_done(tree, 3000);
  CHECK(tree.alive("session") == 2);
  CHECK(tree.db->calls("lease_for") == 0);
  auto ids = completions(tree);
  CHECK(std::is_sorted(ids.begin(), ids.end()));
}

TEST_CASE("leases of the second connection whose answer was lost are found at "
          "once") {
  tree_fixture tree;
  slow_leases(tree);
  tree.db->fail("lease_for", {.why = {errc::commit_unknown, "cut"},
                              .breaks = GENERATE(true, false),
                              .after_the_work = true});
  fall_behind(tree, 6000, 8);
  run(tree);
  check_all_done(tree, 6000);
  CHECK(tree.db->calls("lease_for") > 0);
  CHECK(tree.db->calls("held") == 1);
  // The node has never been without its own connection.
  CHECK(tree.db->node_count() == 1);
  CHECK(tree.events->count_prefix("error") == 0);
}

TEST_CASE("the question what the node holds is asked until it is answered") {
  tree_fixture tree;
  slow_leases(tree);
  tree.db->fail("lease_for", {.after_the_work = true});
  tree.db->fail("held",
                {.why = {errc::database_busy, "locked"}, .breaks = false}, 3);
  fall_behind(tree, 6000, 8);
  run(tree);
  auto before = tree.db->calls("lease");
  tree.advance(50ms);
  // Until then it leases nothing.
  CHECK(tree.db->calls("lease") == before);
  CHECK_FALSE(tree.db->jobs().empty());
  tree.advance(1s);
  check_all_done(tree, 6000);
  CHECK(tree.db->calls("held") == 4);
}

TEST_CASE("a second connection that can't be had only makes leasing slower") {
  tree_fixture tree;
  slow_leases(tree);
  fall_behind(tree, 6000, 8);
  // Its own two.
  while (tree.db->calls("connect") < 3)
    REQUIRE(tree.step());
  tree.db->fail("connect",
                {.why = {errc::database_unreachable, "too many connections"}},
                1'000'000);
  run(tree);
  check_all_done(tree, 6000);
  CHECK(tree.db->calls("lease_for") == 0);
  CHECK(tree.events->count_prefix("error") == 0);
}

TEST_CASE("a node that is declared dead while both connections lease goes on "
          "as a new one") {
  tree_fixture tree;
  slow_leases(tree);
  auto buried = false;
  tree.db->before([&](const operation& which) {
    if (which != "lease" && which != "lease_for")
      return;
    tree.pass(2ms);
    // While leases are on their way on both.
    if (which == "lease_for" && tree.db->calls("lease_for") == 2
        && !std::exchange(buried, true))
      tree.db->bury_all_nodes();
  });
  fall_behind(tree, 20'000, 8);
  run(tree);
  for (int i = 0; i < 100 && !tree.db->jobs().empty(); ++i)
    tree.advance(100ms);
  CHECK(buried);
  check_all_done(tree, 20'000);
  CHECK(tree.events->count_prefix("error : incarnation_lost") == 1);
}
