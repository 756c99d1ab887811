#include "actors/keeper/lookout.hpp"

#include <catch2/catch.hpp>

using namespace callboard;
using callboard::actors::lookout;
using namespace std::chrono_literals;

namespace {

/// A node that hears hints, and knows where it stands.
lookout standing(std::size_t others, std::size_t ahead) {
  lookout one{250ms};
  one.hears(true);
  one.asked();
  one.told(node_standing{others, ahead});
  return one;
}

std::size_t looks_in_a_minute(lookout one) {
  std::size_t looks = 0;
  lookout::instant now{1h};
  for (auto end = now + 1min; now < end; now += 250ms)
    looks += one.due(now);
  return looks;
}

} // namespace

TEST_CASE("a node that does not know where it stands looks at full pace") {
  CHECK(looks_in_a_minute(lookout{250ms}) == 240);
}

TEST_CASE("a node that is alone does not look") {
  CHECK(looks_in_a_minute(standing(0, 0)) == 0);
}

TEST_CASE("a node that hears no hints looks, even if it was alone") {
  auto one = standing(0, 0);
  one.hears(false);
  CHECK(looks_in_a_minute(one) == 240);
  // Whether it still is alone, the next heartbeat tells.
  one.hears(true);
  CHECK(looks_in_a_minute(one) == 240);
}

TEST_CASE("a node that is alone looks as soon as it hears of another") {
  auto one = standing(0, 0);
  one.hears(true);
  CHECK(one.due(lookout::instant{1h}));
}

TEST_CASE("a heartbeat that left before somebody joined proves nothing") {
  lookout one{250ms};
  one.hears(true);
  one.asked();
  one.hears(true);
  one.told(node_standing{0, 0});
  CHECK(one.pace() == 250ms);
  one.asked();
  one.told(node_standing{0, 0});
  CHECK_FALSE(one.pace());
}

TEST_CASE("a node whose heartbeat failed looks at full pace") {
  auto one = standing(0, 0);
  one.asked();
  one.told(std::nullopt);
  CHECK(one.pace() == 250ms);
}

TEST_CASE("the two oldest nodes look at full pace, the others share one") {
  std::size_t looks = 0;
  for (std::size_t ahead = 0; ahead < 16; ++ahead)
    looks += looks_in_a_minute(standing(15, ahead));
  CHECK(looks_in_a_minute(standing(15, 0)) == 240);
  CHECK(looks_in_a_minute(standing(15, 1)) == 240);
  CHECK(looks_in_a_minute(standing(15, 2)) == 18);
  CHECK(looks == 240 + 240 + 14 * 18);
}

TEST_CASE("with two nodes both look at full pace, with three all of them") {
  CHECK(standing(1, 0).pace() == 250ms);
  CHECK(standing(1, 1).pace() == 250ms);
  CHECK(standing(2, 2).pace() == 250ms);
}

TEST_CASE("turns that come a fifth too early or late are all used") {
  auto one = standing(1, 0);
  lookout::instant now{1h};
  for (int i = 0; i < 10; ++i)
    CHECK(one.due(now += i % 2 ? 200ms : 300ms));
}
