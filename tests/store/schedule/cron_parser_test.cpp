#include "store/schedule/cron.hpp"
#include "store/schedule/cron_fields.hpp"

#include <catch2/catch.hpp>

#include <initializer_list>
#include <string>

namespace callboard {

namespace {

using store::cron_fields;

std::uint64_t bits(std::initializer_list<unsigned> values) {
  std::uint64_t out = 0;
  for (auto value : values)
    out |= std::uint64_t{1} << value;
  return out;
}

std::uint64_t from_to(unsigned first, unsigned last) {
  std::uint64_t out = 0;
  for (auto value = first; value <= last; ++value)
    out |= bits({value});
  return out;
}

cron_fields fields(const std::string& text) {
  CAPTURE(text);
  auto done = cron_fields::parse(text);
  if (done.has_error())
    FAIL(done.error().message);
  return *done;
}

std::uint64_t minutes(const std::string& field) {
  return fields(field + " * * * *").minutes;
}

std::uint64_t hours(const std::string& field) {
  return fields("* " + field + " * * *").hours;
}

std::uint64_t days(const std::string& field) {
  return fields("* * " + field + " * *").days;
}

std::uint64_t months(const std::string& field) {
  return fields("* * * " + field + " *").months;
}

std::uint64_t weekdays(const std::string& field) {
  return fields("* * * * " + field).weekdays;
}

} // namespace

TEST_CASE("a star allows the whole field") {
  CHECK(minutes("*") == from_to(0, 59));
  CHECK(hours("*") == from_to(0, 23));
  CHECK(days("*") == from_to(1, 31));
  CHECK(months("*") == from_to(1, 12));
  CHECK(weekdays("*") == from_to(0, 6));
}

TEST_CASE("the bounds of each field are allowed") {
  CHECK(minutes("0") == bits({0}));
  CHECK(minutes("59") == bits({59}));
  CHECK(hours("0") == bits({0}));
  CHECK(hours("23") == bits({23}));
  CHECK(days("1") == bits({1}));
  CHECK(days("31") == bits({31}));
  CHECK(months("1") == bits({1}));
  CHECK(months("12") == bits({12}));
  CHECK(weekdays("0") == bits({0}));
  CHECK(weekdays("6") == bits({6}));
}

TEST_CASE("months and weekdays have names in any case") {
  const auto month_names = {"JAN", "feb", "Mar", "aPR", "may", "JUN",
                            "jul", "Aug", "sep", "Oct", "nov", "DEC"};
  unsigned month = 0;
  for (auto name : month_names)
    CHECK(months(name) == bits({++month}));
  const auto day_names = {"SUN", "mon", "Tue", "wED", "thu", "Fri", "sat"};
  unsigned day = 0;
  for (auto name : day_names)
    CHECK(weekdays(name) == bits({day++}));
  CHECK(months("MAR-may,DEC") == bits({3, 4, 5, 12}));
  CHECK(weekdays("mon-5") == from_to(1, 5));
}

TEST_CASE("ranges, steps and lists combine") {
  CHECK(minutes("10-13") == bits({10, 11, 12, 13}));
  CHECK(minutes("5-5") == bits({5}));
  CHECK(minutes("*/15") == bits({0, 15, 30, 45}));
  CHECK(minutes("*/60") == bits({0}));
  CHECK(minutes("50/3") == bits({50, 53, 56, 59}));
  CHECK(minutes("10-20/4") == bits({10, 14, 18}));
  CHECK(minutes("1,2,30-31,58/1") == bits({1, 2, 30, 31, 58, 59}));
  CHECK(days("*/10") == bits({1, 11, 21, 31}));
  CHECK(months("2/5") == bits({2, 7, 12}));
  CHECK(minutes("007") == bits({7}));
}

TEST_CASE("0 and 7 are Sunday") {
  CHECK(weekdays("7") == bits({0}));
  CHECK(weekdays("0,7") == bits({0}));
  CHECK(weekdays("5-7") == bits({5, 6, 0}));
  CHECK(weekdays("1-7") == from_to(0, 6));
  CHECK(weekdays("0-7") == from_to(0, 6));
  CHECK(weekdays("SUN-7/2") == bits({0, 2, 4, 6}));
  CHECK(weekdays("7-7") == bits({0}));
  CHECK(weekdays("7-1") == bits({0, 1}));
  CHECK(weekdays("1-7/2") == bits({1, 3, 5, 0}));
}

TEST_CASE("a range with a smaller end goes on from the beginning") {
  CHECK(weekdays("FRI-MON") == bits({5, 6, 0, 1}));
  CHECK(hours("22-2") == bits({22, 23, 0, 1, 2}));
  CHECK(hours("22-4/2") == bits({22, 0, 2, 4}));
  CHECK(hours("23-4/2") == bits({23, 1, 3}));
  CHECK(minutes("59-0") == bits({59, 0}));
  CHECK(days("30-2") == bits({30, 31, 1, 2}));
  CHECK(days("30-3/2") == bits({30, 1, 3}));
  CHECK(months("NOV-FEB") == bits({11, 12, 1, 2}));
}

TEST_CASE("macros stand for their expressions") {
  struct row {
    std::string macro;
    std::string expression;
  };
  auto x = GENERATE(row{"@yearly", "0 0 1 1 *"}, row{"@annually", "0 0 1 1 *"},
                    row{"@monthly", "0 0 1 * *"}, row{"@weekly", "0 0 * * 0"},
                    row{"@daily", "0 0 * * *"}, row{"@midnight", "0 0 * * *"},
                    row{"@hourly", "0 * * * *"}, row{" @Daily ", "0 0 * * *"});
  CAPTURE(x.macro);
  auto a = fields(x.macro);
  auto b = fields(x.expression);
  CHECK(a.seconds == b.seconds);
  CHECK(a.minutes == b.minutes);
  CHECK(a.hours == b.hours);
  CHECK(a.days == b.days);
  CHECK(a.months == b.months);
  CHECK(a.weekdays == b.weekdays);
  CHECK(a.any_day == b.any_day);
  CHECK(a.any_weekday == b.any_weekday);
  CHECK(a.any_hour == b.any_hour);
}

TEST_CASE("five fields mean second 0, six begin with the seconds") {
  CHECK(fields("1 2 3 4 5").seconds == bits({0}));
  auto six = fields("*/20 1 2 3 4 5");
  CHECK(six.seconds == bits({0, 20, 40}));
  CHECK(six.minutes == bits({1}));
  CHECK(six.hours == bits({2}));
  CHECK(six.days == bits({3}));
  CHECK(six.months == bits({4}));
  CHECK(six.weekdays == bits({5}));
}

TEST_CASE("blanks and tabs separate fields, also at the ends") {
  CHECK(fields("\t 1  2\t3 4 5 ").weekdays == bits({5}));
}

TEST_CASE("each fault of an expression names the field, the text and what is "
          "allowed") {
  struct row {
    std::string text;
    std::string message;
  };
  const std::string count
      = " fields; allowed are 5 (minute, hour, day of month, month, day of "
        "week), 6 (seconds first), or a macro such as @daily";
  auto x = GENERATE_COPY(
      row{"", "has 0" + count}, row{"   ", "has 0" + count},
      row{"* * * *", "has 4" + count}, row{"* * * * * * *", "has 7" + count},
      row{"@daily *", "has 2" + count},
      row{"@never", "macro '@never': allowed are @yearly, @annually, @monthly, "
                    "@weekly, @daily, @midnight, @hourly"},
      row{"60 * * * * *", "second '60': allowed are 0-59"},
      row{"61 * * * *", "minute '61': allowed are 0-59"},
      row{"* 24 * * *", "hour '24': allowed are 0-23"},
      row{"* * 0 * *", "day of month '0': allowed are 1-31"},
      row{"* * 32 * *", "day of month '32': allowed are 1-31"},
      row{"* * * 0 *", "month '0': allowed are 1-12 and JAN-DEC"},
      row{"* * * 13 *", "month '13': allowed are 1-12 and JAN-DEC"},
      row{"* * * MAI *", "month 'MAI': allowed are 1-12 and JAN-DEC"},
      row{"* * * * 8", "day of week '8': allowed are 0-7 and SUN-SAT"},
      row{"* * * * MONDAY",
          "day of week 'MONDAY': allowed are 0-7 and SUN-SAT"},
      row{"MON * * * *", "minute 'MON': allowed are 0-59"},
      row{"-1 * * * *", "minute '': allowed are 0-59"},
      row{"1- * * * *", "minute '': allowed are 0-59"},
      row{"1-2-3 * * * *", "minute '2-3': allowed are 0-59"},
      row{"+1 * * * *", "minute '+1': allowed are 0-59"},
      row{"1.5 * * * *", "minute '1.5': allowed are 0-59"},
      row{"0x1 * * * *", "minute '0x1': allowed are 0-59"},
      row{"99999999999999999999 * * * *",
          "minute '99999999999999999999': allowed are 0-59"},
      row{"** * * * *", "minute '**': allowed are 0-59"},
      row{"? * * * *", "minute '?': allowed are 0-59"},
      row{"* * L * *", "day of month 'L': allowed are 1-31"},
      row{"*-5 * * * *", "minute '*': allowed are 0-59"},
      row{"*/0 * * * *", "minute '*/0': the step must be 1-60"},
      row{"*/90 * * * *", "minute '*/90': the step must be 1-60"},
      row{"*/ * * * *", "minute '*/': the step must be 1-60"},
      row{"*/x * * * *", "minute '*/x': the step must be 1-60"},
      row{"*/2/2 * * * *", "minute '*/2/2': the step must be 1-60"},
      row{"* */25 * * *", "hour '*/25': the step must be 1-24"},
      row{"* * * * */8", "day of week '*/8': the step must be 1-7"},
      row{"1,,2 * * * *", "minute '1,,2': nothing stands beside a comma"},
      row{", * * * *", "minute ',': nothing stands beside a comma"},
      row{"1, * * * *", "minute '1,': nothing stands beside a comma"},
      row{"1,2,60 * * * *", "minute '60': allowed are 0-59"});
  CAPTURE(x.text);
  auto done = cron::parse(x.text);
  REQUIRE(done.has_error());
  CHECK(done.error()
        == error{errc::invalid_schedule,
                 "cron expression '" + x.text + "': " + x.message});
}

TEST_CASE("an unknown time zone is an error that names it") {
  auto zone = GENERATE(as<std::string>{}, "", "Europe/Atlantis", "utc",
                       "europe/berlin", "../../etc/passwd", "Berlin");
  auto done = cron::parse("@daily", zone);
  REQUIRE(done.has_error());
  CHECK(done.error()
        == error{errc::invalid_schedule,
                 "time zone '" + zone
                     + "' is unknown here: allowed are UTC and the IANA names "
                       "of the installed tzdata, such as Europe/Berlin"});
}

TEST_CASE("by_cron keeps a good schedule and throws for a bad one") {
  CHECK(std::get<cron_schedule>(by_cron("0 3 * * *", "Europe/Berlin"))
        == cron_schedule{"0 3 * * *", "Europe/Berlin"});
  CHECK(std::get<cron_schedule>(by_cron("@daily")).zone == "UTC");
  try {
    by_cron("0 24 * * *");
    FAIL("nothing was thrown");
  } catch (const failure& what) {
    CHECK(what.why()
          == error{errc::invalid_schedule,
                   "cron expression '0 24 * * *': hour '24': allowed are "
                   "0-23"});
  }
  CHECK_THROWS_AS(by_cron("@daily", "Mars/Olympus"), failure);
}

} // namespace callboard
