#include "actors/storage/lease_calls.hpp"

#include <catch2/catch.hpp>

using namespace callboard;
using callboard::actors::lease_calls;
using callboard::actors::lease_done;
using callboard::actors::wisher;
using line = callboard::actors::lease_calls::line;

namespace {

std::vector<wisher> wishes(bool ahead, bool side_by_side) {
  return {{nullptr, {{.queue = "mail"}, false, ahead, side_by_side}}};
}

const auto plain = wishes(false, false);
const auto ahead = wishes(true, false);
const auto rush = wishes(true, true);

// A second line, and the first one is busy.
lease_calls in_a_rush() {
  lease_calls calls;
  calls.second_up(true);
  calls.begin(line::first, 1, rush);
  return calls;
}

} // namespace

TEST_CASE("wishes gather while the first line is busy, unless they are for the "
          "next lease") {
  lease_calls calls;
  CHECK_FALSE(calls.next({}));
  CHECK(calls.next(plain) == line::first);
  auto first = calls.begin(line::first, 1, plain);
  CHECK_FALSE(calls.next(plain));
  CHECK(calls.next(ahead) == line::first);
  calls.begin(line::first, 1, ahead);
  CHECK_FALSE(calls.next(ahead));
  calls.answered(first, {}, 1);
  REQUIRE(calls.take(1));
  CHECK_FALSE(calls.next(plain));
  CHECK(calls.next(ahead) == line::first);
}

TEST_CASE("where leases and outcomes take turns, there is one at a time") {
  lease_calls calls;
  calls.take_turns();
  auto first = calls.begin(line::first, 1, rush);
  CHECK_FALSE(calls.next(rush));
  CHECK_FALSE(calls.wants_second(rush));
  calls.answered(first, {}, 1);
  REQUIRE(calls.take(1));
  CHECK(calls.next(rush) == line::first);
}

TEST_CASE("a second line is wanted in a rush, and used when it is there") {
  lease_calls calls;
  CHECK_FALSE(calls.wants_second(rush));
  calls.begin(line::first, 1, plain);
  CHECK_FALSE(calls.wants_second(ahead));
  CHECK(calls.wants_second(rush));
  CHECK(calls.next(rush) == line::first);
  calls.second_up(true);
  CHECK(calls.next(rush) == line::second);
  // Those whose order counts wait for the first line.
  CHECK(calls.next(ahead) == line::first);
  calls.second_up(false);
  CHECK(calls.next(rush) == line::first);
  calls.no_second();
  calls.second_up(true);
  CHECK_FALSE(calls.wants_second(rush));
  CHECK(calls.next(rush) == line::first);
}

TEST_CASE("the first line serves anybody while the second one is busy") {
  auto calls = in_a_rush();
  calls.begin(line::second, 1, rush);
  CHECK_FALSE(calls.next(rush));
  calls.answered(1, {}, 1);
  REQUIRE(calls.take(1));
  CHECK(calls.next(plain) == line::first);
  CHECK(calls.uses(line::second));
  CHECK_FALSE(calls.uses(line::first));
}

TEST_CASE("answers are taken in the order in which their calls began") {
  auto calls = in_a_rush();
  auto second = calls.begin(line::second, 1, rush);
  lease_done done;
  done.batches.resize(3);
  calls.answered(second, std::move(done), 1);
  CHECK_FALSE(calls.take(1));
  calls.answered(1, {}, 1);
  auto one = calls.take(1);
  REQUIRE(one);
  CHECK(one->on == line::first);
  CHECK(one->answer->batches.empty());
  auto two = calls.take(1);
  REQUIRE(two);
  CHECK(two->on == line::second);
  CHECK(two->answer->batches.size() == 3);
  CHECK(calls.empty());
}

TEST_CASE("what was leased for a former name of the node is left out") {
  lease_calls calls;
  calls.second_up(true);
  lease_done done;
  done.batches.resize(1);
  done.batches[0].jobs.resize(2);
  done.batches[0].exhausted.resize(1);
  auto second = calls.begin(line::second, 1, rush);
  auto first = calls.begin(line::first, 1, rush);
  SECTION("the second line leased for the one that it was asked for") {
    calls.answered(second, done, 2);
  }
  SECTION(
      "the first one answered, and was declared dead, before it was taken") {
    calls.answered(first, done, 1);
    calls.answered(second, {}, 2);
    REQUIRE(calls.take(2));
  }
  auto taken = calls.take(2);
  REQUIRE(taken);
  CHECK(taken->answer->batches[0].jobs.empty());
  CHECK(taken->answer->batches[0].next_due == duration{0});
  // Those became dead letters: observers are told.
  CHECK(taken->answer->batches[0].exhausted.size() == 1);
}

TEST_CASE("what was leased for the present name of the node is handed out") {
  auto calls = in_a_rush();
  auto second = calls.begin(line::second, 2, rush);
  lease_done done;
  done.batches.resize(1);
  done.batches[0].jobs.resize(2);
  // It waited in the session while that joined anew.
  calls.answered(1, done, 2);
  calls.answered(second, done, 2);
  for (int i = 0; i < 2; ++i) {
    auto taken = calls.take(2);
    REQUIRE(taken);
    CHECK(taken->answer->batches[0].jobs.size() == 2);
    CHECK_FALSE(taken->answer->batches[0].next_due);
  }
}

TEST_CASE("what a new connection says that the node holds is compared when "
          "nothing is left to tell") {
  auto calls = in_a_rush();
  // That one waits in the session.
  CHECK_FALSE(calls.untold());
  auto second = calls.begin(line::second, 1, rush);
  CHECK(calls.untold());
  calls.answered(1, {}, 1);
  REQUIRE(calls.take(1));
  CHECK(calls.untold());
  // It failed, and is asked again on the first line, behind another one.
  calls.at(second).on = line::first;
  CHECK_FALSE(calls.untold());
  auto other = calls.begin(line::first, 1, ahead);
  calls.answered(other, {}, 1);
  CHECK_FALSE(calls.take(1));
  CHECK(calls.untold());
}

TEST_CASE("a second line that failed rests until the first one has leased") {
  auto calls = in_a_rush();
  calls.second_failed();
  calls.certain();
  CHECK(calls.next(rush) == line::first);
  calls.first_worked();
  CHECK(calls.next(rush) == line::second);
}

TEST_CASE("nothing is leased while the node is not certain what it holds, and "
          "it asks when nothing is under way") {
  auto calls = in_a_rush();
  auto second = calls.begin(line::second, 1, rush);
  CHECK_FALSE(calls.question());
  calls.doubt();
  calls.answered(1, {}, 1);
  REQUIRE(calls.take(1));
  CHECK_FALSE(calls.next(plain));
  CHECK_FALSE(calls.question());
  calls.answered(second, {}, 1);
  // What has been answered must have been handed out, too.
  CHECK_FALSE(calls.question());
  REQUIRE(calls.take(1));
  auto asked = calls.question();
  REQUIRE(asked);
  CHECK(calls.is_question(*asked));
  CHECK_FALSE(calls.question());
  CHECK_FALSE(calls.next(plain));
  SECTION("the answer comes") {
    calls.certain();
    CHECK(calls.next(plain) == line::first);
    CHECK_FALSE(calls.question());
  }
  SECTION("it fails: asked again in a while") {
    calls.not_answered();
    CHECK_FALSE(calls.next(plain));
    CHECK_FALSE(calls.question());
    calls.ask_again();
    CHECK_FALSE(calls.next(plain));
    auto again = calls.question();
    REQUIRE(again);
    CHECK(calls.is_question(*again));
  }
  SECTION("a new connection knew it earlier: an old answer is none") {
    calls.certain();
    CHECK_FALSE(calls.is_question(*asked));
  }
}
