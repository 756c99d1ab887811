#include "config/duration.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace callboard::config {

namespace {

struct unit {
  std::string_view name;
  duration length;
};

// From large to small.
constexpr auto units = std::to_array<unit>({
    {"d", std::chrono::days{1}},
    {"h", std::chrono::hours{1}},
    {"m", std::chrono::minutes{1}},
    {"s", std::chrono::seconds{1}},
    {"ms", std::chrono::milliseconds{1}},
    {"us", std::chrono::microseconds{1}},
});

constexpr duration longest = std::chrono::days{36'500};
constexpr std::string_view digits = "0123456789";

error fault(std::string_view text, const std::string& what) {
  return {errc::invalid_config, "'" + std::string{text} + "' " + what};
}

} // namespace

result<duration> parse_duration(std::string_view text) {
  duration sum{0};
  auto next_unit = units.begin();
  auto rest = text;
  do {
    // The number.
    std::int64_t count = 0;
    auto end = rest.data() + rest.size();
    auto [stop, code] = std::from_chars(rest.data(), end, count);
    if (stop == rest.data() || rest.front() == '-')
      return fault(text, "is no duration: write whole numbers with units, such "
                         "as 500ms or 1h30m");
    rest.remove_prefix(static_cast<std::size_t>(stop - rest.data()));
    // Its unit.
    auto name = rest.substr(0, rest.find_first_of(digits));
    if (name.empty())
      return fault(text, "has no unit: allowed are d, h, m, s, ms and us, such "
                         "as 10s");
    if (name.starts_with('.'))
      return fault(text, "is no duration: write it without a point, such as "
                         "1s500ms");
    auto found = std::ranges::find(units, name, &unit::name);
    if (found == units.end())
      return fault(text, "has an unknown unit '" + std::string{name}
                             + "': allowed are d, h, m, s, ms and us");
    if (found < next_unit)
      return fault(text, "has its units out of order: write them from large to "
                         "small, each once, such as 1h30m");
    // Both in one.
    if (code != std::errc{} || count > (longest - sum) / found->length)
      return fault(text, "is too long: at most 36500d are allowed");
    sum += count * found->length;
    next_unit = found + 1;
    rest.remove_prefix(name.size());
  } while (!rest.empty());
  return sum;
}

std::string duration_text(duration span) {
  std::string out;
  for (auto& each : units) {
    if (auto count = span / each.length)
      out += std::to_string(count) + std::string{each.name};
    span %= each.length;
  }
  return out.empty() ? "0s" : out;
}

} // namespace callboard::config
