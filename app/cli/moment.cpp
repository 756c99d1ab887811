#include "app/cli/moment.hpp"

#include <optional>
#include <string>

namespace callboard::app {

namespace {

/// Takes parts off the front of a text.
class reader {
public:
  explicit reader(std::string_view text) : rest_{text} {}

  /// Exactly `digits` digits.
  std::optional<int> number(std::size_t digits) {
    if (rest_.size() < digits)
      return std::nullopt;
    int value = 0;
    for (char c : rest_.substr(0, digits)) {
      if (c < '0' || c > '9')
        return std::nullopt;
      value = value * 10 + (c - '0');
    }
    rest_.remove_prefix(digits);
    return value;
  }

  /// One of these characters, or 0.
  char one_of(std::string_view allowed) {
    if (rest_.empty() || allowed.find(rest_.front()) == std::string_view::npos)
      return 0;
    auto c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }

  /// Up to six digits, as microseconds.
  std::optional<duration> fraction() {
    std::int64_t value = 0;
    int digits = 0;
    while (auto c = one_of("0123456789")) {
      value = value * 10 + (c - '0');
      if (++digits > 6)
        return std::nullopt;
    }
    if (digits == 0)
      return std::nullopt;
    for (; digits < 6; ++digits)
      value *= 10;
    return duration{value};
  }

  bool done() const { return rest_.empty(); }

private:
  std::string_view rest_;
};

std::optional<std::chrono::sys_days> read_date(reader& from) {
  auto year = from.number(4);
  if (!year || !from.one_of("-"))
    return std::nullopt;
  auto month = from.number(2);
  if (!month || !from.one_of("-"))
    return std::nullopt;
  auto day = from.number(2);
  if (!day)
    return std::nullopt;
  std::chrono::year_month_day date{
      std::chrono::year{*year},
      std::chrono::month{static_cast<unsigned>(*month)},
      std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok())
    return std::nullopt;
  return std::chrono::sys_days{date};
}

std::optional<duration> read_time(reader& from) {
  auto hour = from.number(2);
  if (!hour || *hour > 23 || !from.one_of(":"))
    return std::nullopt;
  auto minute = from.number(2);
  if (!minute || *minute > 59)
    return std::nullopt;
  duration time = std::chrono::hours{*hour} + std::chrono::minutes{*minute};
  if (!from.one_of(":"))
    return time;
  auto second = from.number(2);
  if (!second || *second > 59)
    return std::nullopt;
  time += std::chrono::seconds{*second};
  if (!from.one_of("."))
    return time;
  auto fraction = from.fraction();
  if (!fraction)
    return std::nullopt;
  return time + *fraction;
}

std::optional<duration> read_offset(reader& from) {
  auto sign = from.one_of("Zz+-");
  if (sign == 'Z' || sign == 'z')
    return duration{0};
  if (sign == 0)
    return std::nullopt;
  auto hours = from.number(2);
  from.one_of(":");
  auto minutes = from.number(2);
  if (!hours || !minutes || *hours > 23 || *minutes > 59)
    return std::nullopt;
  duration offset = std::chrono::hours{*hours} + std::chrono::minutes{*minutes};
  return sign == '+' ? offset : -offset;
}

} // namespace

result<time_point> parse_moment(std::string_view text) {
  reader from{text};
  auto date = read_date(from);
  auto separated = date && from.one_of("Tt ");
  auto time = separated ? read_time(from) : std::nullopt;
  auto offset = time ? read_offset(from) : std::nullopt;
  if (!offset || !from.done())
    return error{errc::invalid_job,
                 "'" + std::string{text}
                     + "' is not a moment; write it with its offset, such as"
                       " 2026-11-24T08:00:00Z or 2026-11-24T08:00:00+01:00"};
  return time_point{*date} + *time - *offset;
}

} // namespace callboard::app
