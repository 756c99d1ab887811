#include "tests/support/seed_count.hpp"
#include "tests/support/tree_fixture.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <random>

using namespace callboard;
using namespace callboard::testing;
using callboard::tests::environment;
using callboard::tests::seed_count;
using namespace std::chrono_literals;

namespace {

mux any_type() {
  return mux{}.otherwise(
      [](const job&, context&) { return complete(); },
      {.retry
       = {.max_attempts = 0,
          .wait = {.shape = backoff::kind::fixed, .first = 0s, .jitter = 0}}});
}

/// One random life of a tree: jobs come and end, upgrades overlap, slots and
/// pollers die, and who gets to run next is drawn.
class storm {
public:
  storm(std::uint64_t seed, bool bad_database)
      : random_{seed}, bad_database_{bad_database} {
    tree_.control_slots();
    if (seed % 4 == 0)
      tree_.db->write_alone();
  }

  void run() {
    tree_.upgrade(configs());
    for (int i = 0; i < 300; ++i)
      act();
    calm_down();
  }

private:
  std::uint64_t draw(std::uint64_t below) { return random_() % below; }

  std::vector<worker_config> configs() {
    concurrency_ = static_cast<int>(1 + draw(4));
    highest_ = std::max(highest_, concurrency_);
    return {{.queue = "mail",
             .concurrency = concurrency_,
             .poll_interval = 1s,
             .handle = any_type()}};
  }

  void act() {
    switch (draw(16)) {
    case 0:
      upgrades_.push_back(tree_.upgrade(configs()));
      break;
    case 1:
      add_jobs();
      break;
    case 2:
      tree_.pass(std::chrono::milliseconds{draw(20)});
      break;
    case 3:
    case 4:
    case 5:
      end_one();
      break;
    case 6:
      if (draw(20) == 0 && !tree_.running().empty())
        tree_.kill_slot(one_of(tree_.running()));
      break;
    case 7:
      if (draw(20) == 0 && tree_.alive("poller") > 0)
        tree_.kill("poller");
      break;
    case 8:
      if (bad_database_)
        hurt_database();
      break;
    default:
      for (auto steps = draw(20); steps > 0; --steps)
        tree_.step(random_());
    }
    REQUIRE(tree_.running().size() <= static_cast<std::size_t>(highest_));
  }

  void hurt_database() {
    static const std::vector<std::string> operations{"lease", "settle",
                                                     "release", "held"};
    fault how;
    how.after_the_work = draw(2) == 0;
    if (how.after_the_work)
      how.why = {errc::commit_unknown, "cut in the commit"};
    switch (draw(4)) {
    case 0:
      tree_.db->break_connections();
      break;
    case 1:
      how.breaks = false;
      how.why = {errc::database_busy, "locked"};
      how.after_the_work = false;
      [[fallthrough]];
    default:
      tree_.db->fail(one_of(operations), how, static_cast<int>(1 + draw(3)));
    }
  }

  void add_jobs() {
    std::vector<new_job> jobs;
    for (auto n = 1 + draw(4); n > 0; --n)
      jobs.push_back({.queue = "mail",
                      .type = "any",
                      .id = "j" + std::to_string(added_++)});
    tree_.enqueue(jobs);
  }

  std::string one_of(const std::vector<std::string>& ids) {
    return ids[draw(ids.size())];
  }

  void end_one() {
    auto running = tree_.running();
    if (!running.empty())
      tree_.finish(one_of(running));
  }

  void calm_down() {
    // A last upgrade with known numbers, then everything may end.
    concurrency_ = 3;
    highest_ = std::max(highest_, concurrency_);
    upgrades_.push_back(tree_.upgrade({{.queue = "mail",
                                        .concurrency = concurrency_,
                                        .poll_interval = 1s,
                                        .handle = any_type()}}));
    tree_.settle();
    for (const auto* which : {"lease", "settle", "release", "held"})
      tree_.db->fail(which, {}, 0);
    for (int i = 0; i < 10'000 && !tree_.db->jobs().empty(); ++i) {
      end_one();
      tree_.pass(10ms);
      tree_.settle();
    }
    // Nothing is lost, nothing is settled twice.
    CHECK(tree_.db->jobs().empty());
    std::map<std::string, int> completions;
    for (const auto& x : tree_.db->accepted())
      if (std::holds_alternative<completed>(x.action))
        ++completions[x.id];
    CHECK(completions.size() == added_);
    for (const auto& [id, times] : completions)
      CHECK(times == 1);
    for (auto ticket : upgrades_)
      CHECK(tree_.answer(ticket));
    CHECK(tree_.events->count_prefix("fenced ") == 0);
    // Full capacity afterwards, and nobody left behind.
    CHECK(tree_.alive("poller") == 1);
    CHECK(tree_.alive("slot") == 3);
    // A connection that broke last may still rest.
    for (int i = 0; i < 60; ++i) {
      tree_.pass(100ms);
      tree_.settle();
    }
    for (int i = 0; i < 10; ++i)
      tree_.store({.queue = "mail", .type = "any"});
    tree_.wake("mail");
    tree_.settle();
    CHECK(tree_.running().size() == 3);
  }

  std::mt19937_64 random_;
  bool bad_database_;
  tree_fixture tree_;
  std::vector<tree_fixture::ticket> upgrades_;
  std::size_t added_ = 0;
  int concurrency_ = 0;
  int highest_ = 0;
};

// CALLBOARD_SEED=n runs that seed alone; CALLBOARD_SEEDS=n runs so many.
void weather(bool bad_database) {
  auto only = environment("CALLBOARD_SEED", 0);
  auto first = only ? only : 1;
  auto last = only ? only : seed_count(1000);
  for (auto seed = first; seed <= last; ++seed) {
    INFO("again with CALLBOARD_SEED=" << seed);
    storm{seed, bad_database}.run();
  }
}

} // namespace

TEST_CASE("bursts of upgrades lose nothing, double nothing and keep every "
          "slot") {
  weather(false);
}

TEST_CASE("bursts of upgrades over a failing database lose nothing, double "
          "nothing and keep every slot") {
  weather(true);
}
