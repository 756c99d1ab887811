#include "actors/performer/losses.hpp"

#include "store/schedule/backoff.hpp"

#include <algorithm>
#include <charconv>

namespace callboard::actors {

namespace {

constexpr std::string_view beginning = "performer lost";
constexpr std::string_view mark = "; in a row: ";

// From the second loss on.
constexpr backoff between{.first = std::chrono::seconds{1},
                          .limit = std::chrono::minutes{1},
                          .jitter = 0};

} // namespace

std::int32_t losses_in(std::string_view last_error) {
  if (!last_error.starts_with(beginning))
    return 0;
  std::int32_t count = 1;
  if (auto at = last_error.rfind(mark); at != last_error.npos) {
    last_error.remove_prefix(at + mark.size());
    std::from_chars(last_error.data(), last_error.data() + last_error.size(),
                    count);
  }
  return std::max(count, 1);
}

outcome performer_lost(std::string_view last_error, const std::string& name,
                       const std::string& why) {
  auto before = losses_in(last_error);
  auto text = std::string{beginning} + ": " + name + " (" + why + ")";
  if (before == 0)
    return retry(duration{0}, text);
  return retry(between.after(before, 0),
               text + std::string{mark} + std::to_string(before + 1));
}

} // namespace callboard::actors
