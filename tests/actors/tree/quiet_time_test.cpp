#include "actors/supervisor/quiet_time.hpp"

#include <catch2/catch.hpp>

using callboard::actors::quiet_time;
using step = quiet_time::step;
using namespace std::chrono_literals;

namespace {

const quiet_time::moment start{100h};

/// The suspect 7 of poller 1, while 1, 2 and 3 may have jobs running.
quiet_time hushing() {
  quiet_time time;
  CHECK(time.suspect(7, 1, {1, 2, 3}, start) == step::hush);
  return time;
}

/// The same, running alone since `start`.
quiet_time alone() {
  quiet_time time;
  CHECK(time.suspect(7, 1, {1}, start) == step::hush);
  CHECK(time.hushed(1) == step::save);
  CHECK(time.saved(start) == step::start);
  return time;
}

} // namespace

TEST_CASE("a suspect starts when nobody runs anything and all is written") {
  auto time = hushing();
  CHECK(time.active());
  CHECK(time.hushed(2) == step::nothing);
  CHECK(time.hushed(1) == step::nothing);
  CHECK(time.saved(start) == step::nothing);
  CHECK(time.hushed(3) == step::save);
  CHECK(time.hushed(3) == step::nothing);
  CHECK(time.saved(start + 1s) == step::start);
  CHECK(time.fence() == 7);
  CHECK(time.holder() == 1);
  CHECK(time.deadline() == start + 6s);
  CHECK(time.saved(start + 1s) == step::nothing);
}

TEST_CASE("others go on when the suspect is over") {
  auto time = alone();
  CHECK(time.over(6) == step::nothing);
  CHECK(time.over(7) == step::save);
  // Until it is known what became of it.
  CHECK(time.active());
  CHECK(time.over(7) == step::nothing);
  CHECK(time.saved(start + 1s) == step::resume);
  CHECK_FALSE(time.active());
  CHECK(time.over(7) == step::nothing);
  CHECK_FALSE(time.deadline());
}

TEST_CASE("a suspect waits 5 s for others at the most") {
  auto time = hushing();
  CHECK(time.deadline() == start + 5s);
  CHECK(time.late(start + 5s - 1ns) == step::nothing);
  CHECK(time.late(start + 5s) == step::start);
  CHECK(time.hushed(1) == step::nothing);
  CHECK(time.hushed(2) == step::nothing);
  CHECK(time.hushed(3) == step::nothing);
}

TEST_CASE("a suspect does not wait for a database that is away") {
  quiet_time time;
  time.suspect(7, 1, {1}, start);
  CHECK(time.hushed(1) == step::save);
  CHECK(time.late(start + 5s) == step::start);
  CHECK(time.saved(start + 6s) == step::nothing);
}

TEST_CASE("others wait 5 s for a suspect at the most") {
  auto time = alone();
  CHECK(time.late(start + 5s - 1ns) == step::nothing);
  CHECK(time.late(start + 5s) == step::resume);
  CHECK_FALSE(time.active());
  CHECK(time.over(7) == step::nothing);
}

TEST_CASE("a suspect that moves to another poller keeps its turn") {
  auto time = hushing();
  CHECK(time.suspect(7, 4, {2, 3, 4}, start + 1s) == step::nothing);
  CHECK(time.deadline() == start + 5s);
  CHECK(time.holder() == 4);
  auto running = alone();
  CHECK(running.suspect(7, 4, {4}, start + 1s) == step::start);
  CHECK(running.holder() == 4);
  CHECK(running.deadline() == start + 5s);
  // Also when the others go on already.
  CHECK(running.late(start + 5s) == step::resume);
  CHECK(running.suspect(7, 5, {5}, start + 6s) == step::start);
  CHECK_FALSE(running.active());
}

TEST_CASE("the next suspect has a turn of its own, also when the one before "
          "went without a word") {
  auto time = alone();
  CHECK(time.over(7) == step::save);
  CHECK(time.suspect(8, 2, {1, 2}, start + 10s) == step::hush);
  CHECK(time.suspect(9, 1, {1, 2}, start + 11s) == step::hush);
  CHECK(time.fence() == 9);
  CHECK(time.deadline() == start + 16s);
  CHECK(time.over(8) == step::nothing);
  CHECK(time.over(9) == step::save);
  CHECK(time.saved(start + 12s) == step::resume);
}

TEST_CASE("others do not wait longer than 5 s for what became of a suspect") {
  auto time = alone();
  CHECK(time.over(7) == step::save);
  CHECK(time.deadline() == start + 5s);
  CHECK(time.late(start + 5s) == step::resume);
  CHECK(time.saved(start + 6s) == step::nothing);
}

TEST_CASE("where nobody could have a job running, one word is enough") {
  quiet_time time;
  CHECK(time.suspect(7, 1, {}, start) == step::hush);
  CHECK(time.hushed(1) == step::save);
}
