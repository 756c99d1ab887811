#pragma once

#include "config/settings.hpp"

#include <optional>
#include <string_view>

namespace callboard::config {

/// Reads "host:port"; an IPv6 address stands in brackets. Port 0 lets the
/// system choose.
std::optional<endpoint> parse_endpoint(std::string_view text);

} // namespace callboard::config
