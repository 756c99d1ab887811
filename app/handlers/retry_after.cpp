#include "app/handlers/retry_after.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <string>

namespace callboard::app {

namespace {

using namespace std::chrono;

std::optional<int> number(std::string_view digits) {
  int value = 0;
  auto end = digits.data() + digits.size();
  auto [at, problem] = std::from_chars(digits.data(), end, value);
  if (problem != std::errc{} || at != end || value < 0)
    return std::nullopt;
  return value;
}

std::optional<month> month_of(std::string_view name) {
  constexpr auto names = std::to_array<std::string_view>(
      {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct",
       "Nov", "Dec"});
  auto found = std::ranges::find(names, name);
  if (found == names.end())
    return std::nullopt;
  return month{static_cast<unsigned>(found - names.begin()) + 1};
}

// "Sun, 06 Nov 1994 08:49:37 GMT", the one form that RFC 9110 allows senders.
std::optional<time_point> date_of(std::string_view text) {
  constexpr std::string_view shape = "www, dd mmm yyyy hh:mm:ss GMT";
  if (text.size() != shape.size())
    return std::nullopt;
  for (std::size_t i = 0; i < shape.size(); ++i)
    if (!std::islower(static_cast<unsigned char>(shape[i]))
        && shape[i] != text[i])
      return std::nullopt;
  auto day_number = number(text.substr(5, 2));
  auto month_name = month_of(text.substr(8, 3));
  auto year_number = number(text.substr(12, 4));
  auto hour = number(text.substr(17, 2));
  auto minute = number(text.substr(20, 2));
  auto second = number(text.substr(23, 2));
  if (!day_number || !month_name || !year_number || !hour || !minute || !second
      || *hour > 23 || *minute > 59 || *second > 60)
    return std::nullopt;
  year_month_day date{year{*year_number}, *month_name,
                      day{static_cast<unsigned>(*day_number)}};
  if (!date.ok())
    return std::nullopt;
  return sys_days{date} + hours{*hour} + minutes{*minute} + seconds{*second};
}

bool is_number(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](unsigned char c) {
    return std::isdigit(c) != 0;
  });
}

} // namespace

std::optional<duration> parse_retry_after(std::string_view text,
                                          time_point now) {
  if (is_number(text)) {
    // A number too long for an int is certainly over the limit.
    auto value = number(text);
    return value ? std::min<duration>(seconds{*value}, longest_retry_after)
                 : longest_retry_after;
  }
  auto date = date_of(text);
  if (!date)
    return std::nullopt;
  return std::clamp<duration>(*date - now, duration::zero(),
                              longest_retry_after);
}

} // namespace callboard::app
