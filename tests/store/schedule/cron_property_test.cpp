#include "store/schedule/cron.hpp"
#include "store/schedule/cron_fields.hpp"
#include "tests/support/moments.hpp"
#include "tests/support/random_seed.hpp"

#include <catch2/catch.hpp>
#include <date/tz.h>

#include <array>
#include <chrono>
#include <string>
#include <string_view>

using namespace std::chrono_literals;

namespace callboard {

namespace {

namespace chrono = std::chrono;

using random_source = std::mt19937_64;
using sys_minutes = chrono::sys_time<chrono::minutes>;

constexpr auto zones = std::to_array<std::string_view>(
    {"UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe",
     "Asia/Kolkata", "America/Sao_Paulo", "Africa/Casablanca", "Pacific/Apia"});

// How far the reference looks: it goes minute by minute.
constexpr auto window = 40 * 24h;

unsigned below(random_source& random, unsigned bound) {
  return static_cast<unsigned>(random() % bound);
}

std::string random_item(random_source& random, unsigned low, unsigned high) {
  auto number = [&] {
    return std::to_string(low + below(random, high - low + 1));
  };
  auto step = [&] {
    return "/" + std::to_string(1 + below(random, 9) % 7);
  };
  switch (below(random, 6)) {
  case 0:
    return "*";
  case 1:
    return "*" + step();
  case 2:
    return number() + "-" + number();
  case 3:
    return number() + "-" + number() + step();
  case 4:
    return number() + step();
  default:
    return number();
  }
}

std::string random_field(random_source& random, unsigned low, unsigned high) {
  auto out = random_item(random, low, high);
  while (below(random, 4) == 0)
    out += "," + random_item(random, low, high);
  return out;
}

// Mostly times in the night, when clocks are turned.
std::string random_expression(random_source& random) {
  auto hour = below(random, 2) == 0 ? random_field(random, 0, 4)
                                    : random_field(random, 0, 23);
  auto day = below(random, 2) == 0 ? "*" : random_field(random, 1, 31);
  auto month = below(random, 2) == 0 ? "*" : random_field(random, 1, 12);
  auto weekday = below(random, 2) == 0 ? "*" : random_field(random, 0, 7);
  return random_field(random, 0, 59) + " " + hour + " " + day + " " + month
         + " " + weekday;
}

// Some moment between 1990 and 2036, mostly shortly before clocks are turned.
time_point random_moment(random_source& random, const date::time_zone& zone) {
  auto begin = chrono::sys_days{chrono::year{1990} / 1 / 1};
  auto end = chrono::sys_days{chrono::year{2036} / 1 / 1};
  auto span = static_cast<std::uint64_t>(duration{end - begin}.count());
  time_point any = begin + duration{static_cast<std::int64_t>(random() % span)};
  auto turned = zone.get_info(any).end;
  if (below(random, 4) == 0 || turned > end)
    return any;
  return turned + 2h
         - duration{static_cast<std::int64_t>(random() % 108'000)} * 200'000;
}

// Whether a local time matches, decided field by field.
bool matches(const store::cron_fields& fields, date::local_seconds time) {
  auto day = date::floor<date::days>(time);
  auto date = date::year_month_day{day};
  auto clock = date::make_time(time - day);
  auto has = [](std::uint64_t bits, auto value) {
    return (bits >> static_cast<unsigned>(value) & 1) != 0;
  };
  auto by_day = has(fields.days, static_cast<unsigned>(date.day()));
  auto by_weekday = has(fields.weekdays, date::weekday{day}.c_encoding());
  auto either = !fields.any_day && !fields.any_weekday;
  return has(fields.minutes, clock.minutes().count())
         && has(fields.hours, clock.hours().count())
         && has(fields.months, static_cast<unsigned>(date.month()))
         && (either ? by_day || by_weekday : by_day && by_weekday);
}

// The rule of the documentation, applied to one minute.
bool runs_at(const store::cron_fields& fields, const date::time_zone& zone,
             sys_minutes minute) {
  auto now = zone.get_info(minute);
  auto time = date::local_seconds{minute.time_since_epoch() + now.offset};
  auto before = zone.get_info(now.begin - 1s).offset;
  if (fields.any_hour)
    return matches(fields, time);
  // The second time around.
  if (now.offset < before && minute < now.begin + (before - now.offset))
    return false;
  if (matches(fields, time))
    return true;
  // The first moment after a gap stands for all that was skipped.
  if (minute != now.begin)
    return false;
  for (auto skipped = time - (now.offset - before); skipped < time;
       skipped += 1min)
    if (matches(fields, skipped))
      return true;
  return false;
}

std::optional<time_point> reference(const store::cron_fields& fields,
                                    const date::time_zone& zone,
                                    time_point moment) {
  auto minute = chrono::floor<chrono::minutes>(moment);
  for (auto end = minute + window; minute < end;) {
    minute += 1min;
    if (runs_at(fields, zone, minute))
      return minute;
  }
  return std::nullopt;
}

} // namespace

TEST_CASE("the next time agrees with a search minute by minute") {
  random_source random{tests::random_seed("cron")};
  int found = 0;
  for (int round = 0; round < 1500; ++round) {
    auto expression = random_expression(random);
    auto name = zones[below(random, zones.size())];
    auto& zone = *date::locate_zone(name);
    auto fields = store::cron_fields::parse(expression).value();
    auto schedule = cron::parse(expression, name).value();
    auto moment = random_moment(random, zone);
    auto expected = reference(fields, zone, moment);
    auto got = schedule.next(moment);
    CAPTURE(round, expression, name, tests::text_of(moment),
            tests::text_of(expected), tests::text_of(got));
    if (expected) {
      ++found;
      REQUIRE(got == expected);
    } else if (got) {
      REQUIRE(*got > moment + window);
    }
  }
  // Otherwise it compared nothing with nothing.
  CHECK(found > 500);
}

TEST_CASE("an answer far away takes no search minute by minute") {
  // 40 years have 21 million minutes: a search over them would take minutes.
  auto schedule = cron::parse("* * 30 2 *", "Europe/Berlin").value();
  auto rare = cron::parse("* * 29 2 *", "Europe/Berlin").value();
  auto moment = tests::at("2026-03-01 00:00:00");
  for (int i = 0; i < 1000; ++i) {
    REQUIRE(schedule.next(moment) == std::nullopt);
    REQUIRE(tests::text_of(rare.next(moment)) == "2028-02-28 23:00:00");
  }
}

} // namespace callboard
