#pragma once

#include <catch2/catch.hpp>

#include <cstdint>
#include <cstdlib>

namespace callboard::tests {

/// Lives the life of each seed: of 1 to `count`, of 1 to CALLBOARD_SEEDS, or
/// of CALLBOARD_SEED alone (with CALLBOARD_LOG=1: and prints its messages). A
/// failure tells its seed.
template <class Life>
void for_each_seed(std::uint64_t count, Life life) {
  auto number = [](const char* name, std::uint64_t otherwise) {
    const auto* text = std::getenv(name);
    return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
  };
  auto only = number("CALLBOARD_SEED", 0);
  auto last = only != 0 ? only : number("CALLBOARD_SEEDS", count);
  for (auto seed = only != 0 ? only : 1; seed <= last; ++seed) {
    INFO("again with CALLBOARD_SEED=" << seed);
    life(seed);
  }
}

} // namespace callboard::tests
