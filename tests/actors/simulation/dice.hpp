#pragma once

#include "store/model/time.hpp"

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace callboard::simulation {

/// All that a simulation leaves to chance comes from one of these.
class dice {
public:
  explicit dice(std::uint64_t seed) : engine_{seed} {}

  /// 0 to `end` - 1.
  std::uint64_t below(std::uint64_t end) { return engine_() % end; }

  bool once_in(std::uint64_t times) { return below(times) == 0; }

  bool permille(unsigned chance) { return chance > 0 && below(1000) < chance; }

  /// In [0, 1).
  double fraction() {
    return static_cast<double>(below(1U << 24U)) / (1U << 24U);
  }

  duration between(duration least, duration most) {
    auto span = static_cast<std::uint64_t>((most - least).count());
    return least + duration{static_cast<duration::rep>(below(span + 1))};
  }

  template <class T>
  const T& one_of(const std::vector<T>& all) {
    return all[below(all.size())];
  }

private:
  std::mt19937_64 engine_;
};

} // namespace callboard::simulation
