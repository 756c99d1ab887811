#include "actors/storage/patience.hpp"

#include <catch2/catch.hpp>

using namespace callboard;
using callboard::actors::node_rhythm;
using callboard::actors::patience;
using namespace std::chrono_literals;

namespace {

/// A node that beats and looks as it should.
struct node {
  patience its{node_rhythm{}};
  patience::instant now{1h};

  patience::verdict live(duration time) {
    for (duration past{0}; past < time; past += 250ms) {
      now += 250ms;
      if (past % 1s == 0ms)
        its.beat(now);
      (void)its.look(now);
    }
    return its.look(now);
  }
};

node fresh(std::optional<duration> server_age = 24h) {
  node made;
  made.its.joined(made.now, false, server_age);
  return made;
}

} // namespace

TEST_CASE("a node that has just started is patient for a moment only") {
  auto one = fresh();
  CHECK(one.its.look(one.now).grace == patience::grace);
  CHECK(one.live(1s).grace == patience::grace);
}

TEST_CASE("a look before the node has joined is no disturbance") {
  node one;
  (void)one.its.look(one.now);
  one.its.joined(one.now += 300ms, false, 24h);
  CHECK(one.its.look(one.now).grace == patience::grace);
  CHECK(one.its.look(one.now).watched == 0s);
}

TEST_CASE("a server that has just started gives its nodes more time") {
  auto one = fresh(4s);
  CHECK(one.live(5s).grace == patience::long_grace);
  CHECK(one.live(1500ms).grace == patience::grace);
}

TEST_CASE("a server that can't tell its age is taken for an old one") {
  auto one = fresh(std::nullopt);
  CHECK(one.its.look(one.now).grace == patience::grace);
}

TEST_CASE("who comes back is patient until all others could") {
  auto one = fresh();
  one.live(1min);
  one.its.joined(one.now, true, 24h);
  CHECK(one.its.look(one.now).grace == patience::long_grace);
  CHECK(one.live(9s).grace == patience::long_grace);
  CHECK(one.live(1s).grace == patience::grace);
}

TEST_CASE("who could not look for a while is patient, too") {
  auto one = fresh();
  one.live(1min);
  one.now += 3s;
  CHECK(one.its.look(one.now).grace == patience::long_grace);
  CHECK(one.live(10s).grace == patience::grace);
}

TEST_CASE("silence proves nothing before one was there for longer") {
  auto one = fresh();
  CHECK(one.its.look(one.now).silence == patience::never);
  CHECK(one.live(10s).silence == patience::never);
  CHECK(one.live(500ms).silence == 10s);
  one.its.joined(one.now, true, 24h);
  CHECK(one.live(10s).silence == patience::never);
  CHECK(one.live(500ms).silence == 10s);
}

TEST_CASE("silence proves nothing while the own heartbeats don't arrive") {
  auto one = fresh();
  REQUIRE(one.live(1min).silence == 10s);
  one.its.beat(one.now);
  // It looks, but can't write.
  for (int i = 0; i < 24; ++i)
    (void)one.its.look(one.now += 250ms);
  CHECK(one.its.look(one.now).silence == 10s);
  (void)one.its.look(one.now += 250ms);
  CHECK(one.its.look(one.now += 250ms).silence == patience::never);
  one.its.beat(one.now);
  CHECK(one.its.look(one.now).silence == patience::never);
  CHECK(one.live(10s).silence == patience::never);
  CHECK(one.live(500ms).silence == 10s);
}

TEST_CASE("that somebody was missed counts from the first look without a gap") {
  auto one = fresh();
  CHECK(one.live(20s).watched == 20s);
  one.its.joined(one.now, true, 24h);
  CHECK(one.live(2s).watched == 2s);
  one.now += 5s;
  CHECK(one.its.look(one.now).watched == 0s);
  CHECK(one.live(1s).watched == 1s);
}

TEST_CASE("rare looks and heartbeats are no disturbance when they are wished") {
  patience its{
      {.heartbeat = 30s, .reclaim_interval = 1min, .silence_limit = 1min}};
  patience::instant now{1h};
  its.joined(now, false, 24h);
  patience::verdict last;
  for (int i = 0; i < 6; ++i) {
    its.beat(now += 30s);
    if (i % 2 == 1)
      last = its.look(now);
  }
  CHECK(last.grace == patience::grace);
  CHECK(last.silence == 1min);
  CHECK(last.watched == 3min);
}

TEST_CASE("who is alone and looks for nobody was there all the same") {
  auto one = fresh();
  one.live(1min);
  for (int i = 0; i < 60; ++i)
    one.its.beat(one.now += 2s, 2s);
  // Another has joined.
  CHECK(one.its.look(one.now += 1900ms, 250ms).grace == patience::grace);
  CHECK(one.its.look(one.now += 250ms, 250ms).watched == 1min + 2min + 2150ms);
}

TEST_CASE("who is alone and could not even say that it lives is patient") {
  auto one = fresh();
  one.live(1min);
  one.its.beat(one.now, 2s);
  one.its.beat(one.now += 5s, 2s);
  CHECK(one.its.look(one.now, 250ms).grace == patience::long_grace);
  CHECK(one.its.look(one.now, 250ms).watched == 0s);
}
