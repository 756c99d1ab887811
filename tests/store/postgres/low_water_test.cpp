#include "store/postgres/low_water.hpp"

#include <catch2/catch.hpp>

using namespace callboard;
using store::low_water;
using reach = low_water::reach;
using namespace std::chrono_literals;

namespace {

constexpr time_point today{std::chrono::hours{24 * 20'000}};

std::int64_t micros(time_point x) {
  return x.time_since_epoch().count();
}

/// A queue and a lease of some of its jobs, due at `first` and after, that got
/// less than it wanted unless it says otherwise.
struct scene {
  low_water hints;
  low_water::instant now{};
  time_point database_now = today;
  duration took{0};

  reach lease(std::size_t count, time_point first, bool ended = true,
              std::int16_t priority = 0) {
    auto how_far = hints.next("mail", now);
    std::vector<leased_job> jobs(count);
    for (std::size_t i = 0; i < count; ++i) {
      jobs[i].value.id = std::to_string(i);
      jobs[i].value.priority = priority;
      jobs[i].value.run_at = first + duration{static_cast<int>(i)};
    }
    hints.learn("mail", jobs, how_far, ended, database_now, now, took);
    return how_far;
  }

  std::int64_t low() {
    auto marks = hints.marks("mail", hints.next("mail", now));
    REQUIRE(marks.size() == 1);
    return marks.front().low;
  }
};

} // namespace

TEST_CASE("a queue through which few jobs go is looked at in full") {
  scene here;
  REQUIRE(here.lease(low_water::busy - 1, today) == reach::all);
  CHECK(here.hints.next("mail", here.now) == reach::all);
  CHECK(here.hints.marks("mail", reach::all).empty());
}

TEST_CASE("a busy queue is looked at from well below its last jobs on") {
  scene here;
  here.lease(low_water::busy, today);
  REQUIRE(here.hints.next("mail", here.now) == reach::wide);
  CHECK(here.low() == micros(today - low_water::wide_margin));
  here.now += low_water::lifetime;
  CHECK(here.hints.next("mail", here.now) == reach::all);
}

TEST_CASE("most looks at a crowded queue begin right below its last jobs") {
  scene here;
  here.lease(low_water::crowded, today);
  REQUIRE(here.hints.next("mail", here.now) == reach::near);
  CHECK(here.low() == micros(today - low_water::near_margin));

  here.now += low_water::wide_lifetime - 1ms;
  REQUIRE(here.lease(10, today + 1s) == reach::near);
  here.now += 1ms;
  // Others look near again only after one has looked wide.
  CHECK(here.low() == micros(today + 1s - low_water::wide_margin));
  REQUIRE(here.lease(10, today + 1s) == reach::wide);
  CHECK(here.hints.next("mail", here.now) == reach::near);
}

TEST_CASE("while leases come back full, they begin where the last one ended") {
  scene here;
  here.lease(low_water::busy - 1, today, false);
  REQUIRE(here.hints.next("mail", here.now) == reach::all);
  here.lease(1, today + 1s, false);
  REQUIRE(here.lease(3, today + 2s, false) == reach::last);
  auto marks = here.hints.marks("mail", reach::last);
  REQUIRE(marks.size() == 1);
  CHECK(marks[0].low == micros(today + 2s) + 2);
  CHECK(marks[0].id == "2");

  // Some look below it all the same.
  here.now += low_water::last_lifetime - 1ms;
  REQUIRE(here.lease(3, today + 3s, false) == reach::last);
  here.now += 1ms;
  REQUIRE(here.lease(3, today + 3s, false) == reach::wide);
  REQUIRE(here.lease(3, today + 4s, false) == reach::last);
  // And the next one, when it got less than it wanted.
  REQUIRE(here.lease(2, today + 5s, true) == reach::last);
  CHECK(here.hints.next("mail", here.now) == reach::wide);
}

TEST_CASE("no job waits longer for a wider look than that look's turn") {
  scene here;
  here.lease(low_water::busy, today);
  CHECK(here.hints.left("mail", here.now) == low_water::lifetime);
  here.lease(low_water::crowded, today);
  CHECK(here.hints.left("mail", here.now) == low_water::wide_lifetime);
  here.now += low_water::lifetime - 10ms;
  here.lease(1, today);
  CHECK(here.hints.left("mail", here.now) == 10ms);
}

TEST_CASE("a look at everything that took long serves the longer") {
  scene here;
  here.now += 1h;
  here.took = 500ms;
  here.lease(low_water::busy, today);
  auto served = low_water::share * 500ms;
  CHECK(here.hints.left("mail", here.now) == served);
  here.now += served - 1ms;
  REQUIRE(here.lease(low_water::busy, today) == reach::wide);
  here.now += 1ms;
  here.took = 1ms;
  REQUIRE(here.lease(low_water::busy, today) == reach::all);
  CHECK(here.hints.left("mail", here.now) == low_water::lifetime);
  here.now += low_water::lifetime;
  here.took = 30s;
  REQUIRE(here.lease(low_water::busy, today) == reach::all);
  CHECK(here.hints.left("mail", here.now) == low_water::longest_lifetime);
}

TEST_CASE("a job that is due earlier than the last ones lowers the mark") {
  scene here;
  here.lease(low_water::crowded, today);
  here.lease(1, today - 1h);
  CHECK(here.low() == micros(today - 1h - low_water::near_margin));
}

TEST_CASE("what was looked at to its end is passed over next time") {
  scene here;
  here.lease(low_water::crowded, today - 1h);
  here.lease(10, today - 1h, true, 5);
  auto marks = here.hints.marks("mail", reach::near);
  REQUIRE(marks.size() == 2);
  CHECK(marks[0].priority == 0);
  CHECK(marks[0].low == micros(today - low_water::near_margin));
  CHECK(marks[1].priority == 5);
  CHECK(marks[1].low == micros(today - 1h - low_water::near_margin));
}

TEST_CASE("a queue that had nothing is looked at in full") {
  scene here;
  here.lease(low_water::crowded, today);
  here.lease(0, today);
  CHECK(here.hints.next("mail", here.now) == reach::all);
}
