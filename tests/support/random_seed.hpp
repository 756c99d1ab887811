#pragma once

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>

namespace callboard::tests {

/// The seed of a property test: a new one for each run, printed so that a
/// failure can be repeated with CALLBOARD_TEST_SEED=<seed>.
inline std::uint64_t random_seed(const char* test) {
  auto given = std::getenv("CALLBOARD_TEST_SEED");
  auto seed = given != nullptr ? std::stoull(given)
                               : std::uint64_t{std::random_device{}()};
  std::cout << test << ": CALLBOARD_TEST_SEED=" << seed << std::endl;
  return seed;
}

} // namespace callboard::tests
