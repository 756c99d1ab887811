#include "tests/chaos/tale.hpp"

#include <catch2/catch.hpp>

using namespace callboard::chaos;

namespace {

using enum change::kind;

/// Leased and performed by node 1.
tale performed(const std::string& result = "complete") {
  tale t;
  t.enqueue().lease(1, 7).begin(7).end(result);
  return t;
}

/// Node 1 began it and lost it, then node 2 performed it.
tale repeated() {
  tale t;
  t.enqueue().lease(1, 7).begin(7);
  t.hit(fault_kind::kill, 1);
  t.back(crashed, 7, 1, 1).lease(2, 8, 2).begin(8, 2).end("complete");
  t.back(gone, 8, 2);
  return t;
}

} // namespace

TEST_CASE("a job that is performed and completed once breaks no rule") {
  auto t = performed();
  t.back(gone, 7).claim_of(claim::kind::completed, 7, 1);
  REQUIRE(t.broken_rules() == rules{});
}

TEST_CASE("a job that is repeated because of a fault breaks no rule, and "
          "counts as a duplicate of that fault") {
  auto t = repeated();
  REQUIRE(t.broken_rules() == rules{});
  story told{t.facts()};
  auto sum = count(told);
  REQUIRE(sum.duplicates == std::map<std::string, std::size_t>{{"kill", 1}});
  REQUIRE(sum.begun_kept == 1);
  REQUIRE(sum.recoveries.at(fault_kind::kill).undisturbed.size() == 1);
}

TEST_CASE("a lease that is lost without a fault is found") {
  auto t = repeated();
  t.facts().faults.clear();
  REQUIRE(t.broken_rules() == rules{"taken without cause", "two at once"});
}

TEST_CASE("a fault of another node explains nothing") {
  auto t = repeated();
  t.facts().faults.front().node = 2;
  REQUIRE(t.broken_rules() == rules{"taken without cause", "two at once"});
}

TEST_CASE("a fault that was over before the lease explains nothing, but for "
          "connections that come back later") {
  auto t = repeated();
  auto& fault = t.facts().faults.front();
  fault.from = fault.to = 1;
  REQUIRE(t.broken_rules() == rules{"taken without cause", "two at once"});
  fault.kind = fault_kind::cut;
  REQUIRE(t.broken_rules() == rules{});
}

TEST_CASE("an acknowledged job that was never stored is found") {
  tale t;
  t.enqueue();
  t.facts().changes.pop_back();
  REQUIRE(t.broken_rules() == rules{"lost"});
}

TEST_CASE("a job that vanishes without an end is found") {
  tale t;
  t.enqueue();
  REQUIRE(t.broken_rules() == rules{"lost"});
  t.lease(1, 7);
  REQUIRE(t.broken_rules() == rules{"lost"});
  t.back(dropped, 7);
  REQUIRE(t.broken_rules() == rules{"lost"});
}

TEST_CASE("a job that is stored still is found") {
  tale t;
  t.enqueue();
  t.facts().left_over = {"a"};
  REQUIRE(t.broken_rules() == rules{"left over"});
}

TEST_CASE("a job that is stored though its enqueue was refused is found") {
  auto t = performed();
  t.back(gone, 7);
  t.facts().promises.front().known = promise::state::refused;
  REQUIRE(t.broken_rules() == rules{"stored though refused"});
}

TEST_CASE("a job that is stored twice is found, unless it was enqueued again "
          "after an unknown commit") {
  auto t = performed();
  t.back(gone, 7).back(inserted, 0, 0);
  t.lease(2, 8).begin(8).end("complete").back(gone, 8);
  REQUIRE(t.broken_rules() == rules{"stored twice"});
  t.facts().promises.front().repeats = 1;
  REQUIRE(t.broken_rules() == rules{});
}

TEST_CASE("an outcome that is accepted without its handler's end is found") {
  tale t;
  t.enqueue().lease(1, 7);
  SECTION("no handler ran") {
    REQUIRE(t.back(gone, 7).broken_rules() == rules{"outcome of nobody"});
  }
  SECTION("it runs still: a stale worker settled the new lease") {
    t.begin(7);
    REQUIRE(t.back(gone, 7).broken_rules() == rules{"outcome of another"});
  }
  SECTION("it ended later") {
    t.begin(7).back(gone, 7).end("complete");
    REQUIRE(t.broken_rules() == rules{"outcome of another"});
  }
}

TEST_CASE("an outcome that is not what the handler answered is found") {
  auto t = performed("retry");
  REQUIRE(t.back(gone, 7).broken_rules() == rules{"another outcome"});
}

TEST_CASE("a node that believes in an outcome of a lease it lost is found") {
  auto t = repeated();
  t.facts().performances.front().ended = 9 * second / 10;
  t.claim_of(claim::kind::completed, 7, 1);
  REQUIRE(t.broken_rules() == rules{"accepted in vain"});
  // Nor when the network swallowed the first answer: it has to make sure.
  t.facts().faults.push_back({fault_kind::swallow, 1, second / 2, second});
  REQUIRE(t.broken_rules() == rules{"accepted in vain"});
}

TEST_CASE("an outcome that is accepted twice is found") {
  auto t = performed();
  t.back(gone, 7).claim_of(claim::kind::completed, 7, 1);
  t.claim_of(claim::kind::completed, 7, 1);
  REQUIRE(t.broken_rules() == rules{"accepted twice"});
}

TEST_CASE("a refusal without a fault is found") {
  auto t = performed();
  t.back(gone, 7).claim_of(claim::kind::fenced, 7, 1);
  REQUIRE(t.broken_rules() == rules{"refused without cause"});
}

TEST_CASE("a handler that is told to stop while its lease holds is found") {
  auto t = performed("stopped");
  t.back(retried, 7).lease(2, 8, 2).begin(8, 2).end("complete").back(gone, 8);
  REQUIRE(t.broken_rules() == rules{"stopped without cause"});
  t.facts().lives.front().asked_to_end = 1;
  REQUIRE(t.broken_rules() == rules{});
}

TEST_CASE("a fence that does not grow is found") {
  tale t;
  t.enqueue().lease(1, 7).begin(7).hit(fault_kind::kill, 1);
  t.back(crashed, 7, 1, 1).lease(2, 6, 2).begin(6, 2).end("complete");
  REQUIRE(t.back(gone, 6, 2).broken_rules() == rules{"fence does not grow"});
}

TEST_CASE("a second begin with the same lease is found") {
  auto t = performed();
  t.begin(7).end("complete").back(gone, 7);
  REQUIRE(t.broken_rules() == rules{"begun twice"});
}

TEST_CASE("a handler on a node that never had the lease is found") {
  tale t;
  t.enqueue().lease(1, 7).begin(7, 1, 2).end("complete").back(gone, 7);
  REQUIRE(t.broken_rules() == rules{"ran elsewhere"});
}

TEST_CASE("a handler without any lease is found") {
  auto t = performed();
  t.back(gone, 7).begin(9);
  REQUIRE(t.broken_rules() == rules{"ran without a lease"});
}

TEST_CASE("a job that is handed back though it had begun is found") {
  auto t = performed();
  t.back(released, 7, 0).lease(2, 8).begin(8).end("complete").back(gone, 8);
  REQUIRE(t.broken_rules() == rules{"handed back though begun"});
}

TEST_CASE("an attempt that is miscounted is found") {
  tale t;
  t.enqueue().lease(1, 7).begin(7).end("retry").back(retried, 7, 1);
  t.lease(1, 8, 1).begin(8, 1).end("complete").back(gone, 8, 1);
  REQUIRE(t.broken_rules() == rules{"attempt miscounted"});
}

TEST_CASE("more starts than attempts are found") {
  tale t;
  t.enqueue("once", 1).lease(1, 7).begin(7).hit(fault_kind::kill, 1);
  t.back(crashed, 7, 0, 1).lease(2, 8).begin(8).end("complete").back(gone, 8);
  REQUIRE(t.broken_rules() == rules{"too many attempts"});
}

TEST_CASE("an attempt that is given back though its handler ran is found") {
  tale t;
  t.enqueue().lease(1, 7).begin(7);
  SECTION("for long") {
    t.pass(second).hit(fault_kind::kill, 1).back(crashed, 7, 0, 1);
    REQUIRE(t.broken_rules() == rules{"attempt given back", "lost"});
  }
  SECTION("for a moment: it may not be recorded yet") {
    t.hit(fault_kind::kill, 1).back(crashed, 7, 0, 1);
    REQUIRE(t.broken_rules() == rules{"lost"});
  }
}

TEST_CASE("an arg that does not follow from the last outcome is found") {
  tale t;
  t.enqueue();
  t.facts().promises.front().what.steps = 2;
  t.lease(1, 7).begin(7);
  t.facts().performances.back().steps = 2;
  t.end("reschedule").back(rescheduled, 7, 0).lease(1, 8).begin(8);
  t.end("complete").back(gone, 8);
  REQUIRE(t.broken_rules() == rules{"wrong arg"});
}

TEST_CASE("what kills a node does not explain what the one before it lost") {
  tale t;
  auto& lives = t.facts().lives;
  t.enqueue().lease(1, 7).begin(7).hit(fault_kind::kill, 1);
  lives.front().ended = t.facts().faults.back().to;
  t.hit(fault_kind::poisoned, 1);
  t.back(crashed, 7, 1, 1).lease(2, 8, 2).begin(8, 2).end("complete");
  t.back(gone, 8, 2);
  auto causes = [&t] {
    return count(story{t.facts()}).duplicates;
  };
  REQUIRE(causes() == std::map<std::string, std::size_t>{{"kill", 1}});
  // Had it lived on, it would have been this one.
  lives.front().ended = 1000 * second;
  REQUIRE(causes() == std::map<std::string, std::size_t>{{"poisoned", 1}});
}

TEST_CASE("a dead letter that nobody wanted is found") {
  auto t = performed();
  t.back(gone, 7).die(7, "attempts used up (25)");
  REQUIRE(t.broken_rules() == rules{"another outcome", "unearned death"});
}

TEST_CASE("a job that is dragged along with poisonous ones is found") {
  tale t;
  t.enqueue();
  for (int i = 1; i <= 3; ++i) {
    t.lease(1, i, i).begin(i, i).hit(fault_kind::poisoned, 1);
    if (i < 3)
      t.back(crashed, i, i, i);
  }
  t.back(gone, 3, 3, 2).die(3, "worker died", 3);
  t.facts().changes[t.facts().changes.size() - 3].crashes = 2;
  REQUIRE(t.broken_rules() == rules{"dragged along"});
  // Once is no one's fault, and the rest were ours.
  t.facts().faults[1].kind = fault_kind::kill;
  t.facts().faults[2].kind = fault_kind::kill;
  REQUIRE(t.broken_rules() == rules{});
}

TEST_CASE("the last crash counts, whichever of its two rows is written first") {
  tale t;
  t.enqueue("poison_exit");
  for (int i = 1; i <= 3; ++i) {
    t.lease(1, i, i).begin(i, i).hit(fault_kind::poisoned, 1);
    if (i < 3)
      t.back(crashed, i, i, i);
  }
  t.die(3, "worker died", 3).back(gone, 3, 3, 2);
  REQUIRE(t.broken_rules() == rules{});
  t.facts().max_crashes = 4;
  REQUIRE(t.broken_rules().contains("unearned death"));
}

TEST_CASE("poison that completes or kills too often is found") {
  tale t;
  t.enqueue("poison_exit").lease(1, 7).begin(7).end("complete").back(gone, 7);
  REQUIRE(t.broken_rules() == rules{"should be dead"});
  t.facts().max_crashes = 0;
  REQUIRE(t.broken_rules().contains("poison again"));
}

TEST_CASE("a node that ends by itself is found") {
  tale t;
  auto& life = t.facts().lives.front();
  life.asked_to_end = 0;
  REQUIRE(t.broken_rules() == rules{"ended by itself"});
  life.killed = 5;
  REQUIRE(t.broken_rules() == rules{});
}

TEST_CASE("a node that does not end in peace is found") {
  tale t;
  t.facts().lives.front().code = 1;
  REQUIRE(t.broken_rules() == rules{"did not end in peace"});
}

TEST_CASE("more jobs at once than slots are found") {
  auto t = performed();
  t.back(gone, 7);
  t.facts().most_slots["quick"] = 0;
  REQUIRE(t.broken_rules() == rules{"too many at once"});
}
