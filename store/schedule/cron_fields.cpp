#include "store/schedule/cron_fields.hpp"

#include <bit>
#include <initializer_list>

namespace callboard::store {

namespace {

namespace chrono = std::chrono;

constexpr auto horizon = chrono::years{40};

// The lowest allowed value that is at least `from`.
std::optional<unsigned> lowest(std::uint64_t bits, unsigned from) {
  auto rest = from > 63 ? 0 : bits >> from << from;
  if (rest == 0)
    return std::nullopt;
  return static_cast<unsigned>(std::countr_zero(rest));
}

struct time_of_day {
  unsigned hour = 0;
  unsigned minute = 0;
  unsigned second = 0;

  chrono::seconds since_midnight() const {
    return chrono::hours{hour} + chrono::minutes{minute}
           + chrono::seconds{second};
  }
};

// The first allowed time of a day at or after `from`. A field that moves on
// begins the smaller ones anew.
std::optional<time_of_day> next_time(const cron_fields& fields,
                                     time_of_day from) {
  auto hour = lowest(fields.hours, from.hour);
  if (hour == from.hour) {
    auto minute = lowest(fields.minutes, from.minute);
    if (minute == from.minute)
      if (auto second = lowest(fields.seconds, from.second))
        return time_of_day{*hour, *minute, *second};
    auto later = minute == from.minute ? lowest(fields.minutes, from.minute + 1)
                                       : minute;
    if (later)
      return time_of_day{*hour, *later, *lowest(fields.seconds, 0)};
    hour = lowest(fields.hours, from.hour + 1);
  }
  if (!hour)
    return std::nullopt;
  return time_of_day{*hour, *lowest(fields.minutes, 0),
                     *lowest(fields.seconds, 0)};
}

} // namespace

std::uint64_t cron_fields::days_of(chrono::year_month month) const {
  auto last = static_cast<unsigned>((month / chrono::last).day());
  auto all = (std::uint64_t{2} << last) - 2;
  auto by_day = days & all;
  if (any_weekday && weekdays == 0x7f)
    return by_day;
  auto weekday = chrono::weekday{chrono::sys_days{month / 1}}.c_encoding();
  std::uint64_t by_weekday = 0;
  for (unsigned day = 1; day <= last; ++day, weekday = (weekday + 1) % 7)
    by_weekday |= (weekdays >> weekday & 1) << day;
  return any_day || any_weekday ? by_day & by_weekday : by_day | by_weekday;
}

std::optional<local_seconds> cron_fields::next(local_seconds time) const {
  auto today = chrono::floor<chrono::days>(time);
  auto date = chrono::year_month_day{today};
  auto clock = chrono::hh_mm_ss{time - today};
  auto from = time_of_day{static_cast<unsigned>(clock.hours().count()),
                          static_cast<unsigned>(clock.minutes().count()),
                          static_cast<unsigned>(clock.seconds().count())};
  auto month = date.year() / date.month();
  auto end = month + horizon;
  auto day = static_cast<unsigned>(date.day());
  for (; month <= end; month += chrono::months{1}, day = 1, from = {}) {
    if ((months >> static_cast<unsigned>(month.month()) & 1) == 0)
      continue;
    auto matching = days_of(month);
    for (auto found = lowest(matching, day); found;
         found = lowest(matching, *found + 1)) {
      if (*found != day)
        from = {};
      if (auto hit = next_time(*this, from))
        return chrono::local_days{month / *found} + hit->since_midnight();
      // Only the first day can be over already.
      from = {};
    }
  }
  return std::nullopt;
}

} // namespace callboard::store
