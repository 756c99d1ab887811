#include "store/schedule/cron_fields.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace callboard::store {

namespace {

using name_list = std::span<const std::string_view>;

constexpr auto month_names = std::to_array<std::string_view>(
    {"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT",
     "NOV", "DEC"});
constexpr auto weekday_names = std::to_array<std::string_view>(
    {"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"});

// What one field may hold.
struct field {
  std::string_view name;
  unsigned low;
  unsigned high;
  std::string_view allowed;
  // The first stands for `low`.
  name_list names{};

  unsigned size() const { return high - low + 1; }
};

constexpr field second_field{"second", 0, 59, "0-59"};
constexpr field minute_field{"minute", 0, 59, "0-59"};
constexpr field hour_field{"hour", 0, 23, "0-23"};
constexpr field day_field{"day of month", 1, 31, "1-31"};
constexpr field month_field{"month", 1, 12, "1-12 and JAN-DEC", month_names};
// Sunday has a second number, 7, which `number` folds to 0.
constexpr field weekday_field{"day of week", 0, 6, "0-7 and SUN-SAT",
                              weekday_names};

struct macro {
  std::string_view name;
  std::string_view expression;
};

constexpr auto macros = std::to_array<macro>({
    {"@yearly", "0 0 1 1 *"},
    {"@annually", "0 0 1 1 *"},
    {"@monthly", "0 0 1 * *"},
    {"@weekly", "0 0 * * 0"},
    {"@daily", "0 0 * * *"},
    {"@midnight", "0 0 * * *"},
    {"@hourly", "0 * * * *"},
});

char upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

bool same_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, upper, upper);
}

std::vector<std::string_view> words(std::string_view text) {
  constexpr std::string_view blank = " \t";
  std::vector<std::string_view> out;
  for (auto begin = text.find_first_not_of(blank); begin != text.npos;
       begin = text.find_first_not_of(blank)) {
    text.remove_prefix(begin);
    auto end = std::min(text.find_first_of(blank), text.size());
    out.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return out;
}

// "a-b" as a and b; nothing after it when there is no `separator`.
std::pair<std::string_view, std::optional<std::string_view>>
split(std::string_view text, char separator) {
  auto at = text.find(separator);
  if (at == text.npos)
    return {text, std::nullopt};
  return {text.substr(0, at), text.substr(at + 1)};
}

std::optional<unsigned> digits(std::string_view text) {
  unsigned value = 0;
  auto end = text.data() + text.size();
  auto [stop, code] = std::from_chars(text.data(), end, value);
  if (code != std::errc{} || stop != end || text.size() > 9)
    return std::nullopt;
  return value;
}

// A number or a name of the field.
std::optional<unsigned> number(const field& f, std::string_view text) {
  auto name = std::ranges::find_if(
      f.names, [&](std::string_view x) { return same_ignoring_case(x, text); });
  if (name != f.names.end())
    return f.low + static_cast<unsigned>(name - f.names.begin());
  auto value = digits(text);
  if (f.names.data() == weekday_names.data() && value == 7U)
    return 0;
  if (!value || *value < f.low || *value > f.high)
    return std::nullopt;
  return value;
}

error fault(const field& f, std::string_view text, const std::string& what) {
  return {errc::invalid_schedule,
          std::string{f.name} + " '" + std::string{text} + "': " + what};
}

error not_allowed(const field& f, std::string_view text) {
  return fault(f, text, "allowed are " + std::string{f.allowed});
}

// From `first` to `last` in steps, over the end of the field when `last` is
// smaller.
std::uint64_t stretch(const field& f, unsigned first, unsigned last,
                      unsigned step) {
  if (last < first)
    last += f.size();
  std::uint64_t bits = 0;
  for (auto value = first; value <= last; value += step)
    bits |= std::uint64_t{1} << (value > f.high ? value - f.size() : value);
  return bits;
}

// One item of a list: *, a, a-b, */n, a/n or a-b/n.
result<std::uint64_t> parse_item(const field& f, std::string_view item) {
  auto [range, step_text] = split(item, '/');
  unsigned step = 1;
  if (step_text) {
    auto value = digits(*step_text);
    if (!value || *value < 1 || *value > f.size())
      return fault(f, item, "the step must be 1-" + std::to_string(f.size()));
    step = *value;
  }
  if (range == "*")
    return stretch(f, f.low, f.high, step);
  auto [first_text, last_text] = split(range, '-');
  auto first = number(f, first_text);
  if (!first)
    return not_allowed(f, first_text);
  if (!last_text)
    return stretch(f, *first, step_text ? f.high : *first, step);
  auto last = number(f, *last_text);
  if (!last)
    return not_allowed(f, *last_text);
  // 0-7 is the whole week, though 7 stands for 0.
  if (*last == 0 && *last_text == "7" && *first == 0 && first_text != "7")
    return stretch(f, f.low, f.high, step);
  return stretch(f, *first, *last, step);
}

result<std::uint64_t> parse_field(const field& f, std::string_view text) {
  std::uint64_t bits = 0;
  std::optional<std::string_view> rest = text;
  while (rest) {
    auto [item, others] = split(*rest, ',');
    if (item.empty())
      return fault(f, text, "nothing stands beside a comma");
    auto part = parse_item(f, item);
    if (!part)
      return part.error();
    bits |= *part;
    rest = others;
  }
  return bits;
}

std::string macro_names() {
  std::string out;
  for (auto& known : macros)
    out += (out.empty() ? "" : ", ") + std::string{known.name};
  return out;
}

} // namespace

result<cron_fields> cron_fields::parse(std::string_view text) {
  auto parts = words(text);
  if (parts.size() == 1 && parts[0].starts_with('@')) {
    auto known = std::ranges::find_if(macros, [&](const macro& x) {
      return same_ignoring_case(x.name, parts[0]);
    });
    if (known == macros.end())
      return error{errc::invalid_schedule, "macro '" + std::string{parts[0]}
                                               + "': allowed are "
                                               + macro_names()};
    parts = words(known->expression);
  }
  if (parts.size() != 5 && parts.size() != 6)
    return error{errc::invalid_schedule,
                 "has " + std::to_string(parts.size())
                     + " fields; allowed are 5 (minute, hour, day of month, "
                       "month, day of week), 6 (seconds first), or a macro "
                       "such as @daily"};
  cron_fields out;
  struct target {
    const field& format;
    std::uint64_t& bits;
  };
  auto targets = std::to_array<target>({{second_field, out.seconds},
                                        {minute_field, out.minutes},
                                        {hour_field, out.hours},
                                        {day_field, out.days},
                                        {month_field, out.months},
                                        {weekday_field, out.weekdays}});
  auto given = std::span{targets}.last(parts.size());
  for (std::size_t i = 0; i < parts.size(); ++i) {
    auto bits = parse_field(given[i].format, parts[i]);
    if (!bits)
      return bits.error();
    given[i].bits = *bits;
  }
  auto is_any = [&](std::size_t from_end) {
    return parts[parts.size() - from_end].starts_with('*');
  };
  out.any_hour = is_any(4);
  out.any_day = is_any(3);
  out.any_weekday = is_any(1);
  return out;
}

} // namespace callboard::store
