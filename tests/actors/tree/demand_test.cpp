#include "actors/poller/demand.hpp"

#include <catch2/catch.hpp>

using callboard::actors::demand;
using namespace std::chrono_literals;

TEST_CASE("a poller that knows nothing yet takes one job for each slot") {
  demand wish;
  CHECK(wish.chunk() == 1);
  CHECK(wish.want(8, 8, 0) == 8);
  CHECK(wish.want(8, 8, 8) == 0);
}

TEST_CASE("slow handlers get one job each and nothing is leased ahead") {
  demand wish;
  wish.performed(10s, 10);
  wish.leased(2ms);
  CHECK(wish.chunk() == 1);
  CHECK(wish.prefetch(8) == 0);
  CHECK(wish.want(0, 8, 0) == 0);
}

TEST_CASE("a chunk of fast handlers lasts about a millisecond, and has a "
          "bound") {
  demand wish;
  wish.performed(100us * 50, 50);
  CHECK(wish.chunk() == 10);
  wish.performed(0us, 1000);
  CHECK(wish.chunk() == demand::longest_chunk);
}

TEST_CASE("what is leased ahead lasts about as long as a lease, and has a "
          "bound") {
  demand wish;
  wish.performed(1ms * 50, 50);
  wish.leased(5ms);
  CHECK(wish.prefetch(4) == 20);
  wish.performed(1us * 5000, 5000);
  CHECK(wish.prefetch(100) == 2 * demand::largest_lease);
  CHECK(wish.want(100, 100, 0) == demand::largest_lease);
}

TEST_CASE("handlers that turn slow are noticed") {
  demand wish;
  wish.performed(0us, 100);
  for (int i = 0; i < 20; ++i)
    wish.performed(50ms, 1);
  CHECK(wish.chunk() == 1);
}

TEST_CASE("nothing is leased ahead for slots that are stuck") {
  demand wish;
  wish.performed(1ms * 50, 50);
  wish.leased(5ms);
  REQUIRE(wish.prefetch(4) == 20);
  wish.stalled();
  CHECK(wish.prefetch(4) == 0);
  CHECK(wish.want(0, 4, 0) == 0);
  CHECK(wish.want(1, 4, 0) == 1);
  wish.performed(1ms, 1);
  CHECK(wish.prefetch(4) == 20);
}

TEST_CASE("a far database makes no slots look stuck") {
  demand wish;
  CHECK(wish.stall_time() == 5ms);
  wish.leased(20ms);
  CHECK(wish.stall_time() == 80ms);
  wish.leased(1h);
  CHECK(wish.stall_time() == 1s);
}

TEST_CASE("jobs with large args are not leased ahead by the thousand") {
  demand wish;
  wish.performed(1us * 5000, 5000);
  wish.leased(5ms);
  wish.arrived(100, 100 * 100);
  REQUIRE(wish.chunk() == demand::longest_chunk);
  REQUIRE(wish.prefetch(100) == 2 * demand::largest_lease);
  // 1 MiB each: a lease or two are enough to learn it.
  for (int i = 0; i < 5; ++i)
    wish.arrived(100, 100 * demand::chunk_bytes);
  CHECK(wish.chunk() == 1);
  CHECK(wish.prefetch(100) * demand::chunk_bytes <= 2 * demand::ahead_bytes);
  // Larger than all that: still one by one.
  for (int i = 0; i < 9; ++i)
    wish.arrived(1, 2 * demand::ahead_bytes);
  CHECK(wish.prefetch(100) == 1);
  CHECK(wish.want(8, 8, 0) == 9);
  for (int i = 0; i < 200; ++i)
    wish.arrived(100, 100 * 100);
  CHECK(wish.prefetch(100) == 2 * demand::largest_lease);
}
