#include "config/size.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace callboard::config {

namespace {

struct unit {
  std::string_view name;
  std::int64_t bytes;
};

// From large to small.
constexpr auto units = std::to_array<unit>({
    {"GiB", 1 << 30},
    {"MiB", 1 << 20},
    {"KiB", 1 << 10},
    {"B", 1},
});

error fault(std::string_view text, const std::string& what) {
  return {errc::invalid_config, "'" + std::string{text} + "' " + what};
}

} // namespace

result<std::int64_t> parse_size(std::string_view text) {
  std::int64_t count = 0;
  auto end = text.data() + text.size();
  auto [stop, code] = std::from_chars(text.data(), end, count);
  if (stop == text.data() || text.front() == '-')
    return fault(text, "is no size: write a whole number with a unit, such as "
                       "16MiB");
  auto name = text.substr(static_cast<std::size_t>(stop - text.data()));
  if (name.empty())
    return fault(text, "has no unit: allowed are B, KiB, MiB and GiB");
  auto found = std::ranges::find(units, name, &unit::name);
  if (found == units.end())
    return fault(text, "has an unknown unit '" + std::string{name}
                           + "': allowed are B, KiB, MiB and GiB");
  if (code != std::errc{}
      || count > std::numeric_limits<std::int64_t>::max() / found->bytes)
    return fault(text, "is too large");
  return count * found->bytes;
}

std::string size_text(std::int64_t bytes) {
  auto fits = [&](const unit& x) {
    return bytes % x.bytes == 0;
  };
  auto found = bytes == 0 ? units.end() - 1 : std::ranges::find_if(units, fits);
  return std::to_string(bytes / found->bytes) + std::string{found->name};
}

} // namespace callboard::config
