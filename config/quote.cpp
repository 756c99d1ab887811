#include "config/quote.hpp"

#include "store/model/text.hpp"

#include <array>
#include <charconv>

namespace callboard::config {

std::string quoted(std::string_view text) {
  constexpr std::size_t longest = 80;
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out = "'";
  for (auto x : storable_text(text, longest)) {
    auto byte = static_cast<unsigned char>(x);
    if (byte < 0x20 || byte == 0x7f) {
      out += "\\x";
      out += digits[byte >> 4];
      out += digits[byte & 0xf];
    } else {
      out += x;
    }
  }
  return out + "'";
}

std::string number_text(double value) {
  std::array<char, 32> buffer{};
  auto end
      = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  return {buffer.data(), end};
}

} // namespace callboard::config
