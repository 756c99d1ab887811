#pragma once

#include "store/model/time.hpp"

#include <optional>
#include <string_view>

namespace callboard::app {

/// No endpoint can send a job away for longer.
inline constexpr duration longest_retry_after = std::chrono::hours{24};

/// Reads the value of a Retry-After header: seconds, or a date ("Sun, 06 Nov
/// 1994 08:49:37 GMT"), from which `now` is taken off. At most
/// `longest_retry_after`; a date in the past is 0; nothing when it is neither.
std::optional<duration> parse_retry_after(std::string_view text,
                                          time_point now);

} // namespace callboard::app
