#pragma once

#include "config/json_parser.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace callboard::config {

/// What keeps a text from being JSON before any syntax: it is empty, begins
/// with a byte order mark, or is not UTF-8.
std::optional<syntax_fault> text_fault(std::string_view text);

/// A sentence for a text whose JSON ends to make sense at `offset`, with line,
/// column, and the usual reason for what stands there.
syntax_fault json_fault(std::string_view text, std::size_t offset,
                        bool too_deep);

} // namespace callboard::config
