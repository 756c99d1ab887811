#include "store/schedule/cron.hpp"
#include "tests/support/moments.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <string>

using namespace std::chrono_literals;

namespace callboard {

namespace {

using tests::at;
using tests::text_of;

std::string next(const std::string& expression, const std::string& moment) {
  return text_of(cron::parse(expression).value().next(at(moment)));
}

} // namespace

TEST_CASE("the next time of an expression in UTC") {
  struct row {
    std::string expression;
    std::string moment;
    std::string next;
  };
  auto x = GENERATE(
      // Carries through every field.
      row{"* * * * *", "2026-01-01 00:00:00", "2026-01-01 00:01:00"},
      row{"* * * * *", "2026-12-31 23:59:59", "2027-01-01 00:00:00"},
      row{"30 * * * *", "2026-05-05 10:30:00", "2026-05-05 11:30:00"},
      row{"30 * * * *", "2026-05-05 10:29:59", "2026-05-05 10:30:00"},
      row{"30 4 * * *", "2026-05-05 04:31:00", "2026-05-06 04:30:00"},
      row{"0 0 1 * *", "2026-01-31 12:00:00", "2026-02-01 00:00:00"},
      row{"0 0 1 1 *", "2026-01-01 00:00:00", "2027-01-01 00:00:00"},
      row{"*/20 9-17 * * *", "2026-05-05 17:40:00", "2026-05-06 09:00:00"},
      // Lower fields start anew when a higher one moves on.
      row{"5,10 3 * * *", "2026-05-05 02:59:59", "2026-05-05 03:05:00"},
      row{"5,10 3,7 * * *", "2026-05-05 03:10:00", "2026-05-05 07:05:00"},
      row{"30 10 15 6 *", "2026-07-01 00:00:00", "2027-06-15 10:30:00"},
      // Seconds.
      row{"*/20 * * * * *", "2026-05-05 10:00:00", "2026-05-05 10:00:20"},
      row{"*/20 * * * * *", "2026-05-05 10:00:40", "2026-05-05 10:01:00"},
      row{"59 59 23 31 12 *", "2026-12-31 23:59:58", "2026-12-31 23:59:59"},
      row{"59 59 23 31 12 *", "2026-12-31 23:59:59", "2027-12-31 23:59:59"},
      // Month ends.
      row{"0 0 31 * *", "2026-03-31 00:00:00", "2026-05-31 00:00:00"},
      row{"0 0 30 * *", "2026-01-30 00:00:00", "2026-03-30 00:00:00"},
      row{"0 12 28-31 2 *", "2026-02-28 12:00:00", "2027-02-28 12:00:00"},
      // Leap years; 2100 is none.
      row{"0 0 29 2 *", "2026-01-01 00:00:00", "2028-02-29 00:00:00"},
      row{"0 0 29 2 *", "2096-02-29 00:00:00", "2104-02-29 00:00:00"},
      row{"0 0 29 2 *", "1999-12-31 00:00:00", "2000-02-29 00:00:00"},
      // Weekdays; 2026-05-05 is a Tuesday.
      row{"0 0 * * MON-FRI", "2026-05-08 00:00:00", "2026-05-11 00:00:00"},
      row{"0 0 * * 0", "2026-05-05 00:00:00", "2026-05-10 00:00:00"},
      row{"0 0 * * 7", "2026-05-05 00:00:00", "2026-05-10 00:00:00"},
      row{"0 0 * * FRI-MON", "2026-05-05 00:00:00", "2026-05-08 00:00:00"},
      row{"0 0 * * FRI-MON", "2026-05-11 00:00:00", "2026-05-15 00:00:00"},
      // Both day fields: either matches, unless one begins with a star.
      row{"0 0 13 * FRI", "2026-05-05 00:00:00", "2026-05-08 00:00:00"},
      row{"0 0 13 * FRI", "2026-05-08 00:00:00", "2026-05-13 00:00:00"},
      row{"0 0 13 * FRI", "2026-05-13 00:00:00", "2026-05-15 00:00:00"},
      row{"0 0 */2 * MON", "2026-05-05 00:00:00", "2026-05-11 00:00:00"},
      row{"0 0 */2 * MON", "2026-05-11 00:00:00", "2026-05-25 00:00:00"},
      row{"0 0 1-7 * */7", "2026-05-05 00:00:00", "2026-06-07 00:00:00"},
      row{"0 0 30 2 MON", "2026-01-01 00:00:00", "2026-02-02 00:00:00"},
      // Never.
      row{"0 0 30 2 *", "2026-01-01 00:00:00", "never"},
      row{"0 0 31 2,4,6,9,11 *", "2026-01-01 00:00:00", "never"},
      row{"* * 30 2 *", "2026-01-01 00:00:00", "never"},
      // Before 1970.
      row{"@yearly", "1969-06-01 00:00:00", "1970-01-01 00:00:00"},
      row{"@daily", "1960-02-28 12:00:00", "1960-02-29 00:00:00"},
      // Macros.
      row{"@yearly", "2026-05-05 10:00:00", "2027-01-01 00:00:00"},
      row{"@monthly", "2026-05-05 10:00:00", "2026-06-01 00:00:00"},
      row{"@weekly", "2026-05-05 10:00:00", "2026-05-10 00:00:00"},
      row{"@daily", "2026-05-05 10:00:00", "2026-05-06 00:00:00"},
      row{"@hourly", "2026-05-05 10:00:00", "2026-05-05 11:00:00"});
  CAPTURE(x.expression, x.moment);
  CHECK(next(x.expression, x.moment) == x.next);
}

TEST_CASE("the next time is strictly after the moment, to the microsecond") {
  auto schedule = cron::parse("* * * * *").value();
  auto minute = at("2026-05-05 10:30:00");
  CHECK(schedule.next(minute - 1us) == minute);
  CHECK(schedule.next(minute) == minute + 1min);
  CHECK(schedule.next(minute + 1us) == minute + 1min);
  auto old = at("1969-05-05 10:30:00");
  CHECK(schedule.next(old - 1us) == old);
  CHECK(schedule.next(old) == old + 1min);
}

TEST_CASE("every answer is a next time of its own, in order") {
  auto schedule = cron::parse("15,45 */6 1,15 * *").value();
  auto moment = at("2026-01-01 00:00:00");
  for (int i = 0; i < 16 * 12; ++i) {
    auto following = schedule.next(moment);
    REQUIRE(following);
    REQUIRE(*following > moment);
    moment = *following;
  }
  CHECK(text_of(moment) == "2026-12-15 18:45:00");
}

TEST_CASE("moments at the ends of time have an answer") {
  auto schedule = cron::parse("@daily").value();
  CHECK(schedule.next(time_point::max()) == std::nullopt);
  CHECK(schedule.next(at("9900-12-31 12:00:00")) == at("9901-01-01 00:00:00"));
  CHECK(schedule.next(at("9901-01-01 00:00:00")) == std::nullopt);
  CHECK(schedule.next(time_point::min())
        == std::chrono::sys_days{std::chrono::year{1} / 1 / 2});
}

TEST_CASE("copies of a schedule answer alike") {
  auto schedule = cron::parse("30 2 * * *", "Europe/Berlin").value();
  auto copy = schedule;
  schedule = cron::parse("@yearly").value();
  CHECK(text_of(copy.next(at("2026-05-05 00:00:00"))) == "2026-05-05 00:30:00");
}

} // namespace callboard
