#pragma once

#include "store/model/error.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace callboard::config {

/// Reads "16MiB": a whole number with one of the units B, KiB, MiB and GiB.
/// `invalid_config` says what is wrong with the text and repeats it.
[[nodiscard]] result<std::int64_t> parse_size(std::string_view text);

/// The shortest text that `parse_size` reads as so many bytes.
std::string size_text(std::int64_t bytes);

} // namespace callboard::config
