#pragma once

#include "store/model/time.hpp"

#include <cstdlib>
#include <ctime>
#include <iomanip>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>

namespace callboard::tests {

/// "2026-03-29 01:59:59" (UTC) as a moment.
inline time_point at(const std::string& text) {
  std::tm fields{};
  std::istringstream in{text};
  in >> std::get_time(&fields, "%Y-%m-%d %H:%M:%S");
  if (in.fail())
    throw std::invalid_argument{text};
  return time_point{std::chrono::seconds{timegm(&fields)}};
}

/// A moment as `at` reads it, without fractions; "never" for nothing.
inline std::string text_of(const std::optional<time_point>& moment) {
  if (!moment)
    return "never";
  auto seconds = std::chrono::floor<std::chrono::seconds>(*moment)
                     .time_since_epoch()
                     .count();
  std::tm fields{};
  std::time_t value = seconds;
  gmtime_r(&value, &fields);
  std::ostringstream out;
  out << std::put_time(&fields, "%Y-%m-%d %H:%M:%S");
  return out.str();
}

} // namespace callboard::tests
