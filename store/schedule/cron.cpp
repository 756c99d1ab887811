#include "store/schedule/cron.hpp"

#include "store/schedule/cron_fields.hpp"
#include "store/schedule/time_zone.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace callboard {

namespace {

namespace chrono = std::chrono;

using chrono::sys_seconds;
using store::cron_fields;
using store::time_zone;

constexpr auto no_shift = chrono::seconds{0};

// How far the clocks were turned at the beginning of a period.
chrono::seconds shift_at_begin(const time_zone& zone,
                               const time_zone::period& now) {
  return now.offset - zone.at(now.begin - chrono::seconds{1}).offset;
}

// The first match at or after `start`, wherever the clocks show one.
std::optional<sys_seconds> next_in_real_time(const cron_fields& fields,
                                             const time_zone& zone,
                                             sys_seconds start) {
  for (auto now = zone.at(start);; now = zone.at(start)) {
    auto time = fields.next(now.to_local(start));
    if (!time)
      return std::nullopt;
    if (auto hit = now.to_sys(*time); hit < now.end)
      return hit;
    start = now.end;
  }
}

// The first match at or after `start`, each local time counted once.
std::optional<sys_seconds> next_on_the_clock(const cron_fields& fields,
                                             const time_zone& zone,
                                             sys_seconds start) {
  auto now = zone.at(start);
  auto from = now.to_local(start);
  // The times that were skipped right before belong to this moment, too.
  if (start == now.begin)
    from -= std::max(shift_at_begin(zone, now), no_shift);
  auto time = fields.next(from);
  if (!time || zone.first(*time) >= start)
    return time ? std::optional{zone.first(*time)} : std::nullopt;
  // The clocks were set back, and this time has been: go on after the repeat.
  time = fields.next(now.to_local(now.begin) - shift_at_begin(zone, now));
  return time ? std::optional{zone.first(*time)} : std::nullopt;
}

constexpr time_point earliest = chrono::sys_days{chrono::year{1} / 1 / 1};
constexpr time_point latest = chrono::sys_days{chrono::year{9901} / 1 / 1};

} // namespace

cron::cron(cron_fields fields, std::shared_ptr<const time_zone> zone)
    : fields_{std::make_shared<const cron_fields>(fields)}, zone_{std::move(
                                                                zone)} {}

result<cron> cron::parse(std::string_view text, std::string_view zone) {
  auto fields = cron_fields::parse(text);
  if (!fields)
    return error{errc::invalid_schedule, "cron expression '" + std::string{text}
                                             + "': " + fields.error().message};
  auto found = time_zone::find(zone);
  if (!found)
    return found.error();
  return cron{*fields, *std::move(found)};
}

std::optional<time_point> cron::next(time_point moment) const {
  if (moment >= latest)
    return std::nullopt;
  auto start = chrono::floor<chrono::seconds>(std::max(moment, earliest))
               + chrono::seconds{1};
  return fields_->any_hour ? next_in_real_time(*fields_, *zone_, start)
                           : next_on_the_clock(*fields_, *zone_, start);
}

next_run by_cron(std::string expression, std::string zone) {
  auto parsed = cron::parse(expression, zone);
  if (!parsed)
    throw failure{parsed.error()};
  return cron_schedule{std::move(expression), std::move(zone)};
}

} // namespace callboard
