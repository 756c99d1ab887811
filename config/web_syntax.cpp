#include "config/web_syntax.hpp"

#include <algorithm>
#include <string>

namespace callboard::config {

namespace {

bool is_control(char x) {
  auto byte = static_cast<unsigned char>(x);
  return byte < 0x20 || byte == 0x7f;
}

bool is_alphanumeric(char x) {
  return (x >= 'a' && x <= 'z') || (x >= 'A' && x <= 'Z')
         || (x >= '0' && x <= '9');
}

bool is_token_character(char x) {
  constexpr std::string_view others = "!#$%&'*+-.^_`|~";
  return is_alphanumeric(x) || others.find(x) != others.npos;
}

} // namespace

bool is_http_url(std::string_view text) {
  auto begin = text.find("://");
  auto scheme = text.substr(0, begin);
  if (begin == text.npos || (scheme != "http" && scheme != "https"))
    return false;
  auto rest = text.substr(begin + 3);
  auto authority = rest.substr(0, rest.find_first_of("/?#"));
  auto host = authority.substr(authority.rfind('@') + 1);
  return !host.empty() && !host.starts_with(':')
         && std::ranges::none_of(
             rest, [](char x) { return x == ' ' || is_control(x); });
}

bool is_header_name(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_token_character);
}

bool is_header_value(std::string_view text) {
  return std::ranges::none_of(
      text, [](char x) { return x != '\t' && is_control(x); });
}

bool is_own_header(std::string_view name) {
  std::string lower;
  for (auto x : name)
    lower += x >= 'A' && x <= 'Z' ? static_cast<char>(x - 'A' + 'a') : x;
  return lower.starts_with("callboard-") || lower == "x-request-id"
         || lower == "content-length" || lower == "transfer-encoding";
}

} // namespace callboard::config
