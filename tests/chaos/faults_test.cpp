#include "tests/chaos/faults.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

using namespace callboard::chaos;

namespace {

schedule_rules some(std::uint64_t seed) {
  return {.seed = seed, .faults = 40, .kinds = postgres_faults()};
}

} // namespace

TEST_CASE("a schedule comes from its seed alone") {
  REQUIRE(make_schedule(some(1)) == make_schedule(some(1)));
  REQUIRE(make_schedule(some(1)) != make_schedule(some(2)));
}

TEST_CASE("a schedule has every kind of fault, in order, in the time given") {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    auto rules = some(seed);
    auto faults = make_schedule(rules);
    REQUIRE(faults.size() == 40);
    std::set<fault_kind> kinds;
    micros before = 0;
    for (const auto& each : faults) {
      kinds.insert(each.kind);
      REQUIRE(each.at >= before);
      before = each.at;
      REQUIRE((each.node != 0)
              == (hits_a_node(each.kind) || hits_a_link(each.kind)
                  || hits_peers(each.kind)));
      REQUIRE(each.node <= rules.nodes);
      REQUIRE((each.performer != 0) == hits_a_performer(each.kind));
      REQUIRE(each.performer <= rules.performers);
      if (each.kind == fault_kind::performer_stop
          || each.kind == fault_kind::link_partition)
        REQUIRE(each.lasts > rules.silence);
      if (each.kind == fault_kind::performer_pause)
        REQUIRE(each.lasts < rules.silence);
      if (each.kind == fault_kind::stop)
        REQUIRE(each.lasts > rules.silence_limit);
      if (each.kind == fault_kind::pause)
        REQUIRE(each.lasts < rules.silence_limit);
    }
    REQUIRE(kinds.size() == rules.kinds.size());
    REQUIRE(before <= rules.time);
  }
}

TEST_CASE("the names of faults lead back to them") {
  for (auto each : postgres_faults())
    REQUIRE(parse_fault_kind(to_string(each)) == each);
  REQUIRE_FALSE(parse_fault_kind("earthquake"));
}

TEST_CASE("a line of the ledger says what was written") {
  ledger_line line{.begins = false,
                   .at = 17,
                   .id = "a-1",
                   .fence = 5,
                   .attempt = 2,
                   .steps = 3,
                   .life = "2.4",
                   .result = "retry"};
  auto text = to_text(line);
  REQUIRE(text.back() == '\n');
  text.pop_back();
  REQUIRE(parse_ledger_line(text) == line);
  REQUIRE_FALSE(parse_ledger_line("end 17 a-1 5 2"));
  REQUIRE_FALSE(parse_ledger_line("end x a-1 5 2 3 2.4 retry"));
}

TEST_CASE("an arg says what was planned") {
  plan what{120, 2, 3};
  REQUIRE(parse_plan(to_text(what)) == what);
  REQUIRE_FALSE(parse_plan(""));
  REQUIRE_FALSE(parse_plan("1 2"));
}
