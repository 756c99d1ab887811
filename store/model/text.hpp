#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace callboard {

/// Whether `text` is UTF-8 that every database takes: well-formed (RFC 3629)
/// and without NUL.
bool is_storable_text(std::string_view text) noexcept;

/// `text` made storable: each ill-formed byte and each NUL becomes U+FFFD, and
/// of a text over `limit` bytes the beginning and the end are kept around an
/// ellipsis, never cutting a character.
std::string storable_text(std::string_view text, std::size_t limit);

} // namespace callboard
