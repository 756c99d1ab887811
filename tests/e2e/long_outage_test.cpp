#include "tests/e2e/outage.hpp"

#include <catch2/catch.hpp>

#include <iostream>

using namespace callboard::test;

TEST_CASE("an outage of half a minute, twice the silence limit, costs no node "
          "its leases") {
  outage all;
  auto took = all.endure("immediate", std::chrono::seconds{30});
  std::cout << "outage of 30 s: a new job was performed " << took.count()
            << " ms after the server's return\n";
  CHECK(took < std::chrono::seconds{20});
  all.check_unharmed();
}
