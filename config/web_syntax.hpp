#pragma once

#include <string_view>

namespace callboard::config {

/// http:// or https:// with a host, without blanks and control characters.
bool is_http_url(std::string_view text);

/// A token in the sense of RFC 9110.
bool is_header_name(std::string_view text);

/// On one line, without control characters but tabs.
bool is_header_value(std::string_view text);

/// Whether Callboard sets this header itself, in any case of letters.
bool is_own_header(std::string_view name);

} // namespace callboard::config
