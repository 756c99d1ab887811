#include "tests/actors/simulation/world.hpp"
#include "tests/support/seed_count.hpp"

#include <catch2/catch.hpp>

#include <iostream>

using namespace callboard;
using namespace callboard::simulation;
using callboard::tests::environment;
using callboard::tests::seed_count;

// CALLBOARD_SEED=n simulates that one alone, CALLBOARD_SEEDS=n so many; a
// failure is told with the newest CALLBOARD_LOG=n lines of its log.
TEST_CASE("whatever goes wrong, no job is lost and none is settled twice") {
  auto only = environment("CALLBOARD_SEED", 0);
  auto first = only ? only : environment("CALLBOARD_FIRST_SEED", 1);
  auto last = only ? only : first + seed_count(3000) - 1;
  std::size_t jobs = 0;
  std::size_t starts = 0;
  std::size_t steps = 0;
  std::size_t second_leases = 0;
  for (auto seed = first; seed <= last; ++seed) {
    auto result = world{seed}.run();
    jobs += result.jobs;
    starts += result.starts;
    steps += result.steps;
    second_leases += result.second_leases;
    if (!result.violation)
      continue;
    // Once more, with a log.
    auto again = world{seed, environment("CALLBOARD_LOG", 200)}.run();
    std::cout << "\nthe end of the log:\n";
    for (const auto& line : again.log)
      std::cout << line << "\n";
    std::cout << "weather: " << again.sky << "\n\n"
              << *result.violation << "\nagain with:  CALLBOARD_SEED=" << seed
              << " ./tests/run.sh -R 'whatever goes wrong'\n"
              << std::endl;
    FAIL("seed " << seed << ": " << *result.violation);
  }
  std::cout << last - first + 1 << " simulations, " << jobs << " jobs, "
            << starts << " handlers, " << second_leases
            << " leases on second connections, " << steps << " messages\n";
  CHECK(starts > jobs / 2);
  // One seed alone may have none.
  CHECK((second_leases > 0 || last < first + 100));
}
