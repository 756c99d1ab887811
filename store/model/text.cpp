#include "store/model/text.hpp"

#include <cstdint>

namespace callboard {

namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";
constexpr std::string_view ellipsis = "\xE2\x80\xA6";

std::uint8_t byte_at(std::string_view text, std::size_t index) {
  return static_cast<std::uint8_t>(text[index]);
}

bool is_continuation(std::string_view text, std::size_t index) {
  return index < text.size() && (byte_at(text, index) & 0xc0) == 0x80;
}

// The length of the character at the beginning of `text`, or 0 when it is
// ill-formed or NUL.
std::size_t character_length(std::string_view text) {
  auto lead = byte_at(text, 0);
  if (lead < 0x80)
    return lead == 0 ? 0 : 1;
  if (lead < 0xc2 || lead > 0xf4 || !is_continuation(text, 1))
    return 0;
  if (lead < 0xe0)
    return 2;
  // Some second bytes would make overlong forms, surrogates, or values over
  // U+10FFFF.
  auto second = byte_at(text, 1);
  if ((lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f)
      || (lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second > 0x8f)
      || !is_continuation(text, 2))
    return 0;
  if (lead < 0xf0)
    return 3;
  return is_continuation(text, 3) ? 4 : 0;
}

std::string repaired(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    auto length = character_length(text);
    out += length == 0 ? replacement : text.substr(0, length);
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out;
}

// The longest beginning of well-formed `text` within `limit` bytes.
std::string_view beginning(std::string_view text, std::size_t limit) {
  while (limit > 0 && is_continuation(text, limit))
    --limit;
  return text.substr(0, limit);
}

// The longest end of well-formed `text` within `limit` bytes.
std::string_view ending(std::string_view text, std::size_t limit) {
  auto start = text.size() - limit;
  while (is_continuation(text, start))
    ++start;
  return text.substr(start);
}

} // namespace

bool is_storable_text(std::string_view text) noexcept {
  // Nearly all texts are plain ASCII; this loop has no branch in it.
  bool plain = true;
  for (char c : text)
    plain &= static_cast<std::uint8_t>(c - 1) < 0x7f;
  if (plain)
    return true;
  while (!text.empty()) {
    auto length = character_length(text);
    if (length == 0)
      return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string storable_text(std::string_view text, std::size_t limit) {
  auto whole = repaired(text);
  if (whole.size() <= limit)
    return whole;
  // Too small for an ellipsis between two characters.
  if (limit < ellipsis.size() + 2)
    return std::string{beginning(whole, limit)};
  auto kept = limit - ellipsis.size();
  std::string out{beginning(whole, kept - kept / 2)};
  out += ellipsis;
  out += ending(whole, kept / 2);
  return out;
}

} // namespace callboard
