#pragma once

#include "store/model/time.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace callboard::app {

/// `text` in one line that can't do anything to a terminal: control characters
/// as \n, \t or \x1b, ill-formed UTF-8 as U+FFFD.
std::string printable(std::string_view text);

/// The first line of `text`, printable, cut with an ellipsis to `width`
/// characters.
std::string headline(std::string_view text, std::size_t width);

/// How many characters a terminal shows for well-formed UTF-8 (wide and
/// combining characters count as one).
std::size_t shown_width(std::string_view text) noexcept;

/// "340 us", "12 ms", "1.5 s", "3 m 20 s", "2 h 5 m", "3 d 4 h".
std::string show_span(duration span);

/// "in 5.0 s", "now" or "3.2 s ago".
std::string show_due(time_point moment, time_point now);

/// "2026-11-23T19:00:00.123456Z".
std::string show_moment(time_point moment);

/// "12,345".
std::string show_number(std::int64_t number);

/// The first `limit` bytes as a hex dump of 16 bytes a line, with what is
/// printable ASCII beside them.
std::string hex_dump(std::string_view bytes, std::size_t limit);

} // namespace callboard::app
