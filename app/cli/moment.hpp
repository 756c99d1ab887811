#pragma once

#include "store/model/error.hpp"
#include "store/model/time.hpp"

#include <string_view>

namespace callboard::app {

/// Reads an absolute moment, RFC 3339: "2026-11-24T08:00:00Z",
/// "2026-11-24 08:00+01:00", with up to 6 digits of a second's fraction. The
/// offset is required, so that nobody guesses. `invalid_job` says what is
/// wrong.
[[nodiscard]] result<time_point> parse_moment(std::string_view text);

} // namespace callboard::app
