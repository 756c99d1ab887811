#include "config/endpoint.hpp"

#include <charconv>
#include <string>

namespace callboard::config {

std::optional<endpoint> parse_endpoint(std::string_view text) {
  auto colon = text.rfind(':');
  if (colon == text.npos)
    return std::nullopt;
  auto host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']'))
    host = host.substr(1, host.size() - 2);
  else if (host.find(':') != host.npos)
    return std::nullopt;
  if (host.empty() || host.find_first_of(" \t/[]@") != host.npos)
    return std::nullopt;
  auto port = text.substr(colon + 1);
  unsigned short number = 0;
  auto end = port.data() + port.size();
  auto [stop, code] = std::from_chars(port.data(), end, number);
  if (code != std::errc{} || stop != end)
    return std::nullopt;
  return endpoint{std::string{host}, number};
}

} // namespace callboard::config
