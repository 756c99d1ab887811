#pragma once

#include "tests/chaos/figures.hpp"
#include "tests/chaos/rules.hpp"

#include <cstdint>
#include <iosfwd>
#include <string>

namespace callboard::chaos {

/// What a report begins with.
struct run_facts {
  std::string database;
  std::uint64_t seed = 0;
  int nodes = 0;
  int performers = 0;
  /// How long faults came, and how long the rest took to end afterwards.
  micros faults_took = 0;
  micros drain_took = 0;
  micros silence_limit = 0;
  micros silence = 0;
  micros slowest_enqueue = 0;
  std::string folder;
};

void print_text(std::ostream& out, const run_facts& run, const figures& sum,
                const findings& found);

void print_json(std::ostream& out, const run_facts& run, const figures& sum,
                const findings& found);

} // namespace callboard::chaos
