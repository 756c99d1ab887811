#pragma once

#include "config/json_value.hpp"

#include <string>
#include <string_view>
#include <variant>

namespace callboard::config {

/// Why a text is no JSON, with line and column where there are any.
struct syntax_fault {
  std::string message;
};

/// Parses one JSON document: RFC 8259, at most 32 levels deep, without
/// comments.
std::variant<json_value, syntax_fault> parse_json(std::string_view text);

} // namespace callboard::config
