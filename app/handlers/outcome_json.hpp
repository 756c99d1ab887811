#pragma once

#include "store/model/error.hpp"
#include "store/model/outcome.hpp"

#include <string_view>

namespace callboard::app {

/// Reads what a program has to say about its job:
///
///     {"result": "complete"}
///     {"result": "retry", "after": "10s", "error": "..."}
///     {"result": "fail", "error": "..."}
///     {"result": "dead", "error": "..."}
///     {"result": "reschedule", "after": "10s", "arg": ...}
///     {"result": "reschedule", "cron": "0 3 * * *", "zone": "Europe/Berlin"}
///
/// A reschedule needs "after" or "cron", a retry without "after" is made at
/// once; "error", "zone" and "arg" may be left out. An arg that is a string is
/// taken as its text, any other JSON is stored as JSON. Anything else is
/// `invalid_job`, and the message says what is wrong.
[[nodiscard]] result<outcome> parse_outcome(std::string_view text);

} // namespace callboard::app
