#include "actors/poller/chunk.hpp"

#include <catch2/catch.hpp>

#include <thread>

using namespace callboard;
using callboard::actors::chunk;

namespace {

std::vector<leased_job> jobs(std::size_t count) {
  return std::vector<leased_job>(count);
}

} // namespace

TEST_CASE("a job of a chunk belongs to the slot or to the poller, never both") {
  constexpr std::size_t count = 20'000;
  chunk work{1, jobs(count)};
  std::size_t claimed = 0;
  std::thread slot{[&] {
    for (std::size_t i = 0; i < count; ++i)
      if (work.claim(i))
        ++claimed;
  }};
  std::size_t taken = 0;
  for (std::size_t i = count; i-- > 0;)
    if (work.take_back(i))
      ++taken;
  slot.join();
  CHECK(claimed + taken == count);
}

TEST_CASE("a job that was claimed and not started has never been called") {
  chunk work{1, jobs(2)};
  REQUIRE(work.claim(0));
  CHECK(work.never_started(0));
  CHECK_FALSE(work.take_back(0));
  work.start(0);
  CHECK_FALSE(work.never_started(0));
  CHECK(work.take_back(1));
  CHECK_FALSE(work.claim(1));
}

TEST_CASE("a result is harvested once and a start is announced once") {
  chunk work{1, jobs(1)};
  REQUIRE(work.claim(0));
  work.start(0);
  CHECK(work.finish(0, {}));
  CHECK(work.ran(0));
  CHECK(work.at(0) == chunk::state::done);
  CHECK(work.harvest(0));
  CHECK_FALSE(work.harvest(0));
  CHECK(work.announce(0));
  CHECK_FALSE(work.announce(0));
}

TEST_CASE("a result that comes after its job was given up is dropped") {
  chunk work{1, jobs(2)};
  CHECK_FALSE(work.give_up(0));
  REQUIRE(work.claim(0));
  CHECK_FALSE(work.give_up(0));
  work.start(0);
  CHECK(work.give_up(0));
  CHECK_FALSE(work.finish(0, {}));
  CHECK(work.at(0) == chunk::state::given_up);
  REQUIRE(work.claim(1));
  work.start(1);
  CHECK(work.finish(1, {}));
  CHECK_FALSE(work.give_up(1));
}

TEST_CASE("a job is finished by its slot or given up by its poller, never "
          "both") {
  constexpr std::size_t count = 20'000;
  chunk work{1, jobs(count)};
  for (std::size_t i = 0; i < count; ++i) {
    REQUIRE(work.claim(i));
    work.start(i);
  }
  std::size_t finished = 0;
  std::thread slot{[&] {
    for (std::size_t i = 0; i < count; ++i)
      finished += work.finish(i, {}) ? 1 : 0;
  }};
  std::size_t given_up = 0;
  for (std::size_t i = count; i-- > 0;)
    given_up += work.give_up(i) ? 1 : 0;
  slot.join();
  CHECK(finished + given_up == count);
}
