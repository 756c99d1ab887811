#include "store/schedule/cron.hpp"
#include "tests/support/moments.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace callboard {

namespace {

using tests::at;
using tests::text_of;

// Zone, expression, and its times (UTC) after the first one.
struct row {
  std::string zone;
  std::string expression;
  std::vector<std::string> times;
};

void check(const row& x) {
  auto schedule = cron::parse(x.expression, x.zone).value();
  for (std::size_t i = 1; i < x.times.size(); ++i) {
    CAPTURE(x.zone, x.expression, x.times[i - 1]);
    CHECK(text_of(schedule.next(at(x.times[i - 1]))) == x.times[i]);
  }
}

} // namespace

TEST_CASE("a time of day follows the clocks of its zone") {
  check({"Europe/Berlin",
         "0 12 * * *",
         {"2026-03-28 00:00:00", "2026-03-28 11:00:00", "2026-03-29 10:00:00",
          "2026-03-30 10:00:00"}});
  check({"Europe/Berlin",
         "0 12 * * *",
         {"2026-10-24 00:00:00", "2026-10-24 10:00:00", "2026-10-25 11:00:00",
          "2026-10-26 11:00:00"}});
  check({"Asia/Kolkata",
         "0 0 1 1 *",
         {"2026-05-05 00:00:00", "2026-12-31 18:30:00"}});
  check({"Asia/Kathmandu",
         "*/15 * * * *",
         {"2026-05-05 00:00:00", "2026-05-05 00:15:00"}});
}

// Berlin, 2026: at 01:00 UTC on March 29 from 02:00 to 03:00.
TEST_CASE("a time that is skipped in Berlin runs right after the gap, once") {
  check({"Europe/Berlin",
         "30 2 * * *",
         {"2026-03-28 00:00:00", "2026-03-28 01:30:00", "2026-03-29 01:00:00",
          "2026-03-30 00:30:00"}});
  // Several skipped times, and the moment after the gap itself, are one.
  check({"Europe/Berlin",
         "*/20 2,3 * * *",
         {"2026-03-29 00:59:59", "2026-03-29 01:00:00", "2026-03-29 01:20:00",
          "2026-03-29 01:40:00", "2026-03-30 00:00:00"}});
  check(
      {"Europe/Berlin",
       "15 2 29 3 *",
       {"2026-01-01 00:00:00", "2026-03-29 01:00:00", "2027-03-29 00:15:00"}});
  check(
      {"Europe/Berlin",
       "59 59 2 * * *",
       {"2026-03-29 00:59:59", "2026-03-29 01:00:00", "2026-03-30 00:59:59"}});
}

// At 01:00 UTC on October 25 from 03:00 back to 02:00.
TEST_CASE("a time that comes twice in Berlin runs at the first of the two") {
  check({"Europe/Berlin",
         "30 2 * * *",
         {"2026-10-24 00:00:00", "2026-10-24 00:30:00", "2026-10-25 00:30:00",
          "2026-10-26 01:30:00"}});
  // Also when asked during the repeat.
  check({"Europe/Berlin",
         "*/20 2 * * *",
         {"2026-10-25 00:40:00", "2026-10-26 01:00:00"}});
  check({"Europe/Berlin",
         "*/20 2,3 * * *",
         {"2026-10-25 01:00:00", "2026-10-25 02:00:00"}});
  check({"Europe/Berlin",
         "*/20 2 * * *",
         {"2026-10-25 01:10:00", "2026-10-26 01:00:00"}});
  check({"Europe/Berlin",
         "0 3 * * *",
         {"2026-10-25 00:59:59", "2026-10-25 02:00:00"}});
}

// New York, 2026: at 07:00 UTC on March 8 from 02:00 to 03:00, and at 06:00
// UTC on November 1 from 02:00 back to 01:00.
TEST_CASE("clocks are turned in New York on other days") {
  check({"America/New_York",
         "30 2 * * *",
         {"2026-03-07 00:00:00", "2026-03-07 07:30:00", "2026-03-08 07:00:00",
          "2026-03-09 06:30:00"}});
  check({"America/New_York",
         "30 1 * * *",
         {"2026-10-31 00:00:00", "2026-10-31 05:30:00", "2026-11-01 05:30:00",
          "2026-11-02 06:30:00"}});
}

// Lord Howe, 2026: at 15:30 UTC on October 3 from 02:00 to 02:30, and at 15:00
// UTC on April 4 from 02:00 back to 01:30.
TEST_CASE("clocks are turned by half an hour on Lord Howe Island") {
  check({"Australia/Lord_Howe",
         "15 2 * * *",
         {"2026-10-02 12:00:00", "2026-10-02 15:45:00", "2026-10-03 15:30:00",
          "2026-10-04 15:15:00"}});
  check({"Australia/Lord_Howe",
         "45 2 * * *",
         {"2026-10-03 12:00:00", "2026-10-03 15:45:00"}});
  check({"Australia/Lord_Howe",
         "45 1 * * *",
         {"2026-04-03 12:00:00", "2026-04-03 14:45:00", "2026-04-04 14:45:00",
          "2026-04-05 15:15:00"}});
  check(
      {"Australia/Lord_Howe",
       "15 1 * * *",
       {"2026-04-04 12:00:00", "2026-04-04 14:15:00", "2026-04-05 14:45:00"}});
}

TEST_CASE("expressions with every hour follow real time") {
  check(
      {"Europe/Berlin",
       "*/30 * * * *",
       {"2026-03-29 00:30:00", "2026-03-29 01:00:00", "2026-03-29 01:30:00"}});
  check({"Europe/Berlin",
         "*/30 * * * *",
         {"2026-10-25 00:00:00", "2026-10-25 00:30:00", "2026-10-25 01:00:00",
          "2026-10-25 01:30:00", "2026-10-25 02:00:00"}});
  check({"Europe/Berlin",
         "@hourly",
         {"2026-10-24 23:00:00", "2026-10-25 00:00:00", "2026-10-25 01:00:00",
          "2026-10-25 02:00:00"}});
  check({"Australia/Lord_Howe",
         "15 * * * *",
         {"2026-10-03 14:45:00", "2026-10-03 16:15:00"}});
  check(
      {"Australia/Lord_Howe",
       "45 * * * *",
       {"2026-04-04 14:45:00", "2026-04-04 15:15:00", "2026-04-04 16:15:00"}});
}

TEST_CASE("every second hour runs for both hours of a repeat, and not for a "
          "skipped one") {
  check({"Europe/Berlin",
         "0 */2 * * *",
         {"2026-10-24 22:00:00", "2026-10-25 00:00:00", "2026-10-25 01:00:00",
          "2026-10-25 03:00:00"}});
  check({"Europe/Berlin",
         "0 */2 * * *",
         {"2026-03-28 23:00:00", "2026-03-29 02:00:00"}});
}

// Samoa left out December 30, 2011: it went over the date line.
TEST_CASE("a day that a zone left out runs at the beginning of the next") {
  check({"Pacific/Apia",
         "0 12 * * *",
         {"2011-12-29 21:00:00", "2011-12-29 22:00:00", "2011-12-30 10:00:00",
          "2011-12-30 22:00:00"}});
}

} // namespace callboard
