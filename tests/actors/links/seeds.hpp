#pragma once

#include "tests/support/seed_count.hpp"

#include <catch2/catch.hpp>

#include <cstdint>

namespace callboard::tests {

/// Lives the life of each seed: of 1 to `count` (see `seed_count`), or of
/// CALLBOARD_SEED alone (with CALLBOARD_LOG=1: and prints its messages). A
/// failure tells its seed.
template <class Life>
void for_each_seed(std::uint64_t count, Life life) {
  auto only = environment("CALLBOARD_SEED", 0);
  auto last = only != 0 ? only : seed_count(count);
  for (auto seed = only != 0 ? only : 1; seed <= last; ++seed) {
    INFO("again with CALLBOARD_SEED=" << seed);
    life(seed);
  }
}

} // namespace callboard::tests
