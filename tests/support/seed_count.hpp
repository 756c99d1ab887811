#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>

namespace callboard::tests {

inline std::uint64_t environment(const char* name, std::uint64_t otherwise) {
  const auto* text = std::getenv(name);
  return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
}

/// How many seeds a test tries: CALLBOARD_SEEDS, or the `usual` number, or one
/// in CALLBOARD_FEWER_SEEDS of those.
inline std::uint64_t seed_count(std::uint64_t usual) {
  auto fewer
      = std::max(environment("CALLBOARD_FEWER_SEEDS", 1), std::uint64_t{1});
  return environment("CALLBOARD_SEEDS",
                     std::max(usual / fewer, std::uint64_t{1}));
}

} // namespace callboard::tests
