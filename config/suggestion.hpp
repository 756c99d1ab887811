#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace callboard::config {

/// The word that was probably meant: the one with the fewest typing errors, if
/// those are few for its length.
std::optional<std::string_view>
suggestion(std::string_view typed, std::span<const std::string_view> words);

} // namespace callboard::config
