#include "actors/poller/rhythm.hpp"

#include <catch2/catch.hpp>

using callboard::actors::rhythm;
using namespace std::chrono_literals;

TEST_CASE("an empty queue rests for the poll interval") {
  rhythm rest{2s};
  CHECK(rest.after_answer(true, std::nullopt) == 2s);
  CHECK(rest.after_answer(true, 5s) == 2s);
}

TEST_CASE("a delayed job ends the rest when it is due") {
  rhythm rest{2s};
  CHECK(rest.after_answer(true, 300ms) == 300ms);
  CHECK(rest.after_answer(false, 300ms) == 300ms);
}

TEST_CASE("a due job that others hold makes no hot loop") {
  rhythm rest{2s};
  CHECK(rest.after_answer(true, 0s) == 1ms);
  CHECK(rest.after_answer(true, 0s) == 2ms);
  CHECK(rest.after_answer(true, 0s) == 4ms);
  for (int i = 0; i < 20; ++i)
    rest.after_answer(true, 0s);
  CHECK(rest.after_answer(true, 0s) == 2s);
  CHECK(rest.after_answer(false, 0s) == 1ms);
}

TEST_CASE("errors rest longer and longer, up to 1 s, until one call works") {
  rhythm rest{2s};
  CHECK(rest.after_error(0) == 100ms);
  CHECK(rest.after_error(0) == 200ms);
  for (int i = 0; i < 100; ++i)
    rest.after_error(0);
  CHECK(rest.after_error(0) == 1s);
  CHECK(rest.failing());
  rest.after_answer(true, std::nullopt);
  CHECK_FALSE(rest.failing());
  CHECK(rest.after_error(0) == 100ms);
}
