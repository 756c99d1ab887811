// A queue that is far behind: leases come back full, one after the other.
#include "tests/actors/tree/far_behind.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <random>

using namespace callboard;
using namespace callboard::testing;
using namespace std::chrono_literals;

namespace {

mux completing() {
  return [](const job&, context&) {
    return complete();
  };
}

/// The most wishes of pollers that had no answer at the same time.
int most_wishes(const std::vector<std::string>& conversation) {
  int now = 0, most = 0;
  for (const auto& line : conversation)
    if (line == "poller -> store-pool: lease_wish")
      most = std::max(most, ++now);
    else if (line == "store-pool -> poller: lease_answer")
      --now;
  return most;
}

} // namespace

TEST_CASE("while leases come back full, the next one is asked for already") {
  tree_fixture tree;
  slow_leases(tree);
  tree.enqueue(many(6000));
  tree.upgrade({{.queue = "mail", .concurrency = 8, .handle = completing()}});
  tree.settle();
  check_all_done(tree, 6000);
  CHECK(most_wishes(tree.conversation()) == 2);
  // Not after that: an idle queue asks one question at a time.
  tree.advance(5s);
  CHECK(most_wishes(tree.conversation()) == 1);
}

TEST_CASE("a lease that comes back short is followed by none ahead") {
  tree_fixture tree;
  slow_leases(tree);
  tree.upgrade({{.queue = "mail", .concurrency = 8, .handle = completing()}});
  tree.settle();
  for (int i = 0; i < 20; ++i) {
    tree.store({.queue = "mail", .type = "any"});
    tree.store({.queue = "mail", .type = "any"});
    tree.wake("mail");
    tree.settle();
  }
  CHECK(tree.db->jobs().empty());
  CHECK(most_wishes(tree.conversation()) == 1);
}

TEST_CASE("where only one connection can write, leases and outcomes take turns "
          "on it") {
  tree_fixture tree;
  tree.db->write_alone();
  slow_leases(tree);
  tree.enqueue(many(6000));
  tree.upgrade({{.queue = "mail", .concurrency = 8, .handle = completing()}});
  tree.settle();
  check_all_done(tree, 6000);
  CHECK(tree.alive("session") == 1);
  auto leases = tree.db->calls("lease");
  auto settles = tree.db->calls("settle");
  // Neither keeps the other from the connection for long.
  CHECK(settles <= 3 * leases);
  CHECK(2 * settles >= leases);
}

TEST_CASE("a flow of jobs that is upgraded and broken at any moment loses "
          "nothing and doubles nothing") {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    INFO("seed " << seed);
    std::mt19937_64 random{seed};
    tree_fixture tree;
    if (seed % 3 == 0)
      tree.db->write_alone();
    slow_leases(tree);
    auto upgrade = [&] {
      tree.upgrade({{.queue = "mail",
                     .concurrency = static_cast<int>(1 + random() % 8),
                     .handle = completing()}});
    };
    upgrade();
    tree.enqueue(many(3000));
    for (int i = 0; i < 40; ++i) {
      for (auto steps = random() % 100; steps > 0; --steps)
        tree.step(random());
      auto what = random() % 16;
      if (what == 0)
        upgrade();
      else if (what == 1 && tree.alive("poller") > 0)
        tree.kill("poller");
      else if (what == 2)
        tree.db->fail("lease", {.why = {errc::database_busy, "locked"},
                                .breaks = random() % 2 == 0});
      else if (what == 3)
        tree.db->fail("lease_for", {.why = {errc::commit_unknown, "cut"},
                                    .breaks = random() % 2 == 0,
                                    .after_the_work = random() % 2 == 0});
      else if (what == 4)
        tree.db->fail("lease", {.why = {errc::commit_unknown, "cut"},
                                .after_the_work = true});
      else if (what == 5)
        tree.db->break_connections();
    }
    for (int i = 0; i < 100 && !tree.db->jobs().empty(); ++i)
      tree.advance(100ms);
    check_all_done(tree, 3000);
  }
}
