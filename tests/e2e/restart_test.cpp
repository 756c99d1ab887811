#include "tests/e2e/outage.hpp"

#include <catch2/catch.hpp>

#include <iostream>

using namespace callboard::test;

TEST_CASE("daemons go on where they were when the server was restarted") {
  auto mode = GENERATE(std::string{"fast"}, "immediate");
  INFO(mode);
  outage all;
  auto took = all.endure(mode, std::chrono::seconds{0});
  std::cout << "restart (" << mode << "): a new job was performed "
            << took.count() << " ms after the server's return\n";
  CHECK(took < std::chrono::seconds{20});
  all.check_unharmed();
}
