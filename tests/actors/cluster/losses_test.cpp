#include "actors/performer/losses.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace callboard;
using namespace callboard::actors;
using namespace std::chrono_literals;

namespace {

retried lost(const std::string& last_error) {
  return std::get<retried>(performer_lost(last_error, "p", "closed"));
}

} // namespace

TEST_CASE("a job whose performer was lost is tried again at once") {
  auto first = lost("no ink");
  CHECK(first.after == 0s);
  CHECK(first.error == "performer lost: p (closed)");
}

TEST_CASE("one whose performers are lost again and again waits longer and "
          "longer") {
  auto error = lost("").error;
  std::vector<duration> waits;
  for (int i = 0; i < 9; ++i) {
    CHECK(losses_in(error) == i + 1);
    auto next = lost(error);
    waits.push_back(next.after);
    error = next.error;
  }
  CHECK(error == "performer lost: p (closed); in a row: 10");
  CHECK(waits.front() == 1s);
  CHECK(std::is_sorted(waits.begin(), waits.end()));
  CHECK(waits.back() == 1min);
  CHECK(losses_in("no ink; in a row: 7") == 0);
  CHECK(losses_in("performer lost: p (x); in a row: much") == 1);
}
