#pragma once

#include "store/model/error.hpp"
#include "store/model/time.hpp"

#include <string>
#include <string_view>

namespace callboard::config {

/// Reads "500ms" or "1h30m": whole numbers with the units d, h, m, s, ms and
/// us, from large to small, each at most once. At most 36500 days.
/// `invalid_config` says what is wrong with the text and repeats it.
[[nodiscard]] result<duration> parse_duration(std::string_view text);

/// The shortest text that `parse_duration` reads as this span, which must not
/// be negative.
std::string duration_text(duration span);

} // namespace callboard::config
