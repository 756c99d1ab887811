#include "tests/chaos/tale.hpp"

#include <catch2/catch.hpp>

using namespace callboard::chaos;

namespace {

using enum change::kind;
using counts = std::map<std::string, std::size_t>;

/// Node 1 leased it, and performer 1 began it.
tale begun(int max_attempts = 0) {
  tale t;
  t.enqueue("plain", max_attempts, "remote").lease(1, 7).begin_at(1, 7);
  return t;
}

/// Then this happened to performer 1, or to its link to node 1; and performer 2
/// did it for node 2.
tale repeated(fault_kind kind, int node, int performer) {
  auto t = begun();
  t.hit(kind, node, performer).lose(1, 7).lease(2, 8, 2).begin_at(2, 8, 2);
  t.end("complete").back(gone, 8, 2);
  return t;
}

fault& the_fault(tale& t) {
  return t.facts().faults.front();
}

} // namespace

TEST_CASE("a job that a performer does breaks no rule") {
  auto t = begun();
  t.end("complete").back(gone, 7).claim_of(claim::kind::completed, 7, 1);
  REQUIRE(t.broken_rules() == rules{});
  REQUIRE(count(story{t.facts()}).at_performers == 1);
}

TEST_CASE("a job that is lost with its performer breaks no rule, and counts as "
          "a duplicate of that fault") {
  auto t = repeated(fault_kind::performer_kill, 0, 1);
  t.claim_of(claim::kind::retried, 7, 1);
  REQUIRE(t.broken_rules() == rules{});
  auto sum = count(story{t.facts()});
  REQUIRE(sum.duplicates == counts{{"performer_kill", 1}});
  REQUIRE(sum.lost_with_performers == counts{{"performer_kill", 1}});
  const auto& took = sum.recoveries.at(fault_kind::performer_kill);
  // From the kill to the next start: to, lost, leased, begun.
  REQUIRE(took.undisturbed == std::vector<micros>{4 * second / 10});
}

TEST_CASE("the time until a job starts again is not that of a performer while "
          "another one is away, too") {
  auto t = repeated(fault_kind::performer_kill, 0, 1);
  auto other = the_fault(t);
  other.performer = 2;
  t.facts().faults.push_back(other);
  auto took = count(story{t.facts()}).recoveries;
  REQUIRE(took.at(fault_kind::performer_kill).undisturbed.empty());
  REQUIRE(took.at(fault_kind::performer_kill).all.size() == 1);
  // A cut from the database of a node is nothing to it unless it costs leases.
  t.facts().faults.back() = {fault_kind::delay, 2, other.from, other.to};
  took = count(story{t.facts()}).recoveries;
  REQUIRE(took.at(fault_kind::performer_kill).undisturbed.size() == 1);
}

TEST_CASE("a performer that is lost without a fault is found") {
  auto t = repeated(fault_kind::performer_kill, 0, 1);
  SECTION("at all") {
    t.facts().faults.clear();
  }
  SECTION("of its own") {
    the_fault(t).performer = 2;
  }
  SECTION("that could cost it") {
    the_fault(t).kind = fault_kind::performer_pause;
  }
  SECTION("of a kind that hands everything over") {
    the_fault(t).kind = fault_kind::performer_deploy;
  }
  SECTION("at that time") {
    the_fault(t).from = the_fault(t).to = 1;
  }
  // Where a handler was interrupted for nothing, two at once are unexplained.
  REQUIRE(t.broken_rules()
          == rules{"performer lost without cause", "two at once"});
}

TEST_CASE("a fault of the link explains the loss to its node alone") {
  for (auto kind : {fault_kind::link_cut, fault_kind::link_partition,
                    fault_kind::link_stall}) {
    auto t = repeated(kind, 1, 1);
    REQUIRE(t.broken_rules() == rules{});
    the_fault(t).node = 2;
    REQUIRE(t.broken_rules().contains("performer lost without cause"));
  }
  auto late = repeated(fault_kind::link_delay, 1, 1);
  REQUIRE(late.broken_rules().contains("performer lost without cause"));
}

TEST_CASE("a node that is stopped for long loses its performers") {
  auto t = repeated(fault_kind::stop, 1, 0);
  REQUIRE(t.broken_rules() == rules{});
  the_fault(t).node = 2;
  REQUIRE(t.broken_rules().contains("performer lost without cause"));
}

TEST_CASE("a link that breaks some time after a partition is explained by it") {
  auto t = begun();
  t.hit(fault_kind::link_partition, 1, 1).pass(5 * second);
  t.lose(1, 7).lease(2, 8, 2).begin_at(2, 8, 2).end("complete");
  t.back(gone, 8, 2);
  REQUIRE(t.broken_rules() == rules{});
}

TEST_CASE("two performances at once are counted, and found unless a fault "
          "explains them") {
  auto t = repeated(fault_kind::link_partition, 1, 1);
  // The first one goes on: nobody can tell its performer.
  t.facts().performances.front().ended
      = t.facts().performances.back().ended + second;
  t.facts().performances.front().result = "complete";
  REQUIRE(t.broken_rules() == rules{});
  auto at_once = [&t] {
    return count(story{t.facts()}).at_once;
  };
  REQUIRE(at_once() == counts{{"link_partition", 1}});
  SECTION("its outcome is believed") {
    t.claim_of(claim::kind::completed, 7, 1);
    REQUIRE(t.broken_rules() == rules{"accepted in vain"});
  }
  SECTION("there was no fault") {
    t.facts().faults.clear();
    REQUIRE(t.broken_rules()
            == rules{"performer lost without cause", "two at once"});
  }
  SECTION("it had ended before") {
    t.facts().performances.front().ended = the_fault(t).to;
    REQUIRE(at_once().empty());
  }
  SECTION("its process had ended before") {
    t.facts().performances.front().ended = 0;
    auto performer = t.facts().lives.begin() + 2;
    performer->killed = performer->ended = the_fault(t).to;
    REQUIRE(at_once().empty());
  }
}

TEST_CASE("two at once after the node handed the job back are found") {
  auto t = begun();
  t.back(released, 7, 0).lease(2, 8).begin_at(2, 8).end("complete");
  t.back(gone, 8).facts().performances.front().ended = 100 * second;
  REQUIRE(t.broken_rules() == rules{"handed back though begun", "two at once"});
}

TEST_CASE("the older outcome, accepted, is found") {
  auto t = begun();
  t.hit(fault_kind::link_partition, 1, 1).lose(1, 7);
  t.lease(2, 8, 2).begin_at(2, 8, 2);
  // The first one answers, and that ends the second lease.
  t.facts().performances.front().ended = 100 * second;
  t.facts().performances.front().result = "complete";
  t.back(gone, 8, 2);
  REQUIRE(t.broken_rules() == rules{"outcome of another"});
}

TEST_CASE("an attempt that a job loses while it waits for a performer is "
          "found") {
  tale t;
  t.enqueue("plain", 0, "remote").lease(1, 7);
  SECTION("it has it back") {
    t.back(released, 7, 0).lease(1, 8).begin_at(1, 8).end("complete");
    t.back(gone, 8);
    REQUIRE(t.broken_rules() == rules{});
  }
  SECTION("it has not") {
    t.back(retried, 7, 1).lease(1, 8, 2).begin_at(1, 8, 2).end("complete");
    t.back(gone, 8, 2);
    REQUIRE(t.broken_rules() == rules{"outcome of nobody"});
  }
  SECTION("nor though no performer was lost") {
    t.lose(1, 7).lease(1, 8, 2).begin_at(1, 8, 2).end("complete");
    t.back(gone, 8, 2);
    REQUIRE(t.broken_rules() == rules{"performer lost without cause"});
  }
}

TEST_CASE("a job whose last attempt is lost with its performer may die") {
  auto t = begun(1);
  t.hit(fault_kind::performer_kill, 0, 1).back(gone, 7, 1);
  t.die(7, "attempts used up (1): performer lost: performer-1 (why)");
  REQUIRE(t.broken_rules() == rules{});
  t.facts().faults.clear();
  REQUIRE(t.broken_rules() == rules{"performer lost without cause"});
}

TEST_CASE("a job that runs where it must not is found") {
  tale t;
  SECTION("on a node, though it is for performers") {
    t.enqueue("plain", 0, "remote").lease(1, 7).begin(7);
  }
  SECTION("at a performer, though it is for nodes") {
    t.enqueue().lease(1, 7).begin_at(1, 7);
  }
  t.end("complete").back(gone, 7);
  REQUIRE(t.broken_rules() == rules{"ran elsewhere"});
}

TEST_CASE("a job that is lost with a performer that did not have it is found") {
  auto t = repeated(fault_kind::performer_kill, 0, 1);
  SECTION("another had it") {
    t.facts().performances.front().life = "p2.1";
    t.facts().performances.front().ended = the_fault(t).to;
  }
  SECTION("it is for nodes") {
    t.facts().left_to_performers.clear();
    for (auto& each : t.facts().performances)
      each.life = each.fence == 7 ? "p1.1" : "2.1";
    t.facts().performances.front().ended = the_fault(t).to;
    auto broken = t.broken_rules();
    REQUIRE(broken.erase("ran elsewhere") == 1);
    REQUIRE(broken == rules{"lost elsewhere"});
    return;
  }
  REQUIRE(t.broken_rules() == rules{"lost elsewhere"});
}

TEST_CASE("a handler at a performer that is told to stop without cause is "
          "found") {
  auto t = begun();
  t.end("stopped").back(retried, 7).lease(2, 8, 2).begin_at(2, 8, 2);
  t.end("complete").back(gone, 8, 2);
  REQUIRE(t.broken_rules() == rules{"stopped without cause"});
  SECTION("its node ends") {
    t.facts().lives[0].asked_to_end = 1;
  }
  SECTION("it ends itself") {
    t.facts().lives[2].asked_to_end = 1;
  }
  REQUIRE(t.broken_rules() == rules{});
}

TEST_CASE("a performer that ends by itself, or not in peace, is found") {
  tale t;
  auto& one = t.facts().lives[2];
  one.code = 1;
  // Nodes may say so when they have lost their database.
  t.facts().faults.push_back(
      {fault_kind::restart_fast, 0, one.asked_to_end, one.ended});
  REQUIRE(t.broken_rules() == rules{"did not end in peace"});
  one.asked_to_end = 0;
  REQUIRE(t.broken_rules() == rules{"ended by itself"});
  one.killed = 5;
  REQUIRE(t.broken_rules() == rules{});
}

TEST_CASE("more jobs at a performer than it has slots are found") {
  auto t = begun();
  t.end("complete").back(gone, 7);
  t.facts().most_slots["remote"] = 0;
  REQUIRE(t.broken_rules() == rules{"too many at once"});
}

TEST_CASE("jobs that performers had for a node that is killed are measured for "
          "themselves") {
  auto t = begun();
  t.hit(fault_kind::kill, 1).back(orphaned, 7, 1).lease(2, 8, 2);
  t.begin_at(2, 8, 2).end("complete").back(gone, 8, 2);
  REQUIRE(t.broken_rules() == rules{});
  auto took = count(story{t.facts()}).recoveries.at(fault_kind::kill);
  REQUIRE(took.at_performers == std::vector<micros>{4 * second / 10});
  REQUIRE(took.all.empty());
}
