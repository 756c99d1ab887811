#include "actors/storage/reconnect_pace.hpp"

#include <catch2/catch.hpp>

using namespace callboard;
using callboard::actors::reconnect_pace;
using namespace std::chrono_literals;

namespace {

const reconnect_pace::instant start{1h};

/// The rests after so many refusals, each at once.
std::vector<duration> refused(reconnect_pace& pace, int times, double draw) {
  std::vector<duration> rests;
  for (int i = 0; i < times; ++i) {
    (void)pace.begin(start);
    rests.push_back(pace.failed(start, draw));
  }
  return rests;
}

} // namespace

TEST_CASE("a server that refuses is asked in growing steps up to the longest") {
  reconnect_pace pace{1s};
  CHECK(refused(pace, 7, 0)
        == std::vector<duration>{50ms, 100ms, 200ms, 400ms, 800ms, 1s, 1s});
}

TEST_CASE("the steps are jittered by half") {
  reconnect_pace pace{1s};
  auto rests = refused(pace, 40, 0.999);
  CHECK(rests.front() < 26ms);
  CHECK(rests.back() > 500ms);
  CHECK(rests.back() < 501ms);
}

TEST_CASE("a try that took its time is followed by the next at once") {
  reconnect_pace pace{1s};
  (void)refused(pace, 6, 0);
  (void)pace.begin(start);
  CHECK(pace.failed(start + 300ms, 0) == 700ms);
  (void)pace.begin(start);
  CHECK(pace.failed(start + 2s, 0) == 0s);
}

TEST_CASE("a connection that lasted is replaced at once, and then as ever") {
  reconnect_pace pace{1s};
  (void)refused(pace, 5, 0);
  (void)pace.begin(start);
  pace.connected(start);
  CHECK(pace.failed(start + 1s, 0) == 0s);
  CHECK(refused(pace, 2, 0) == std::vector<duration>{50ms, 100ms});
}

TEST_CASE("a connection that breaks at once counts as a failed try") {
  reconnect_pace pace{1s};
  (void)refused(pace, 2, 0);
  (void)pace.begin(start);
  pace.connected(start);
  CHECK(pace.failed(start + 10ms, 0) == 190ms);
}

TEST_CASE("every third try has all the time that the options give") {
  reconnect_pace pace{1s};
  std::vector<bool> patient;
  for (int i = 0; i < 6; ++i) {
    patient.push_back(pace.begin(start) > reconnect_pace::quick_try);
    (void)pace.failed(start, 0);
  }
  CHECK(patient == std::vector<bool>{false, false, true, false, false, true});
}
