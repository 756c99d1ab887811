#include "actors/metrics/links.hpp"

#include <cstdio>
#include <utility>

namespace callboard {

std::string_view to_string(link which) noexcept {
  constexpr std::array<std::string_view, link_count> names{
      "leasing", "settling", "listening"};
  return names[static_cast<std::size_t>(which)];
}

bool is_outage(errc code) noexcept {
  switch (code) {
  case errc::database_unreachable:
  case errc::commit_unknown:
  case errc::database_busy:
  case errc::database_read_only:
  case errc::database_full:
  case errc::permission_denied:
  case errc::schema_outdated:
  case errc::schema_too_new:
  case errc::timed_out:
    return true;
  default:
    return false;
  }
}

namespace actors {

namespace {

duration between(links::instant from, links::instant to) {
  return std::chrono::duration_cast<duration>(to - from);
}

// "31.2 s".
std::string shown(duration span) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f s",
                std::chrono::duration<double>(span).count());
  return text;
}

} // namespace

std::optional<links::news> links::up(link which, instant now) {
  std::lock_guard lock{mutex_};
  auto& mine = states_[static_cast<std::size_t>(which)];
  auto before = std::exchange(mine, {true, true, now, {}});
  if (which == link::listening) {
    if (!before.known || before.up)
      return std::nullopt;
    return news{false, "wake-ups come again after "
                           + shown(between(before.since, now))};
  }
  if (!away_since_ || !works())
    return std::nullopt;
  auto away = between(*std::exchange(away_since_, std::nullopt), now);
  away_before_ += away;
  return news{false, "the database is back after " + shown(away)};
}

std::optional<links::news> links::down(link which, const error& why,
                                       instant now) {
  std::lock_guard lock{mutex_};
  auto& mine = states_[static_cast<std::size_t>(which)];
  auto first = !mine.known || mine.up;
  mine.why = why.message;
  if (!first)
    return std::nullopt;
  mine.known = true;
  mine.up = false;
  mine.since = now;
  if (which == link::listening)
    return news{true, "no wake-ups come; the poll interval serves until they"
                      " do: "
                          + why.message};
  if (away_since_)
    return std::nullopt;
  away_since_ = now;
  ++outages_;
  return news{true, why.message
                        + "; running jobs go on, and their outcomes are kept"};
}

void links::none(link which) {
  std::lock_guard lock{mutex_};
  states_[static_cast<std::size_t>(which)] = {};
}

bool links::works() const {
  for (auto which : {link::leasing, link::settling}) {
    const auto& one = states_[static_cast<std::size_t>(which)];
    if (one.known && !one.up)
      return false;
  }
  return true;
}

link_report links::report(instant now) const {
  std::lock_guard lock{mutex_};
  link_report report;
  report.outages = outages_;
  report.away = away_before_;
  if (away_since_)
    report.away += between(*away_since_, now);
  for (std::size_t i = 0; i < link_count; ++i) {
    const auto& one = states_[i];
    if (!one.known)
      continue;
    report.links.push_back({static_cast<link>(i), one.up,
                            one.up ? duration{0} : between(one.since, now),
                            one.why});
  }
  return report;
}

} // namespace actors

} // namespace callboard
