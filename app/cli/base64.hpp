#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace callboard::app {

/// RFC 4648, with padding.
std::string to_base64(std::string_view bytes);

/// The bytes, or nothing when `text` is not what `to_base64` would write.
std::optional<std::string> from_base64(std::string_view text);

} // namespace callboard::app
