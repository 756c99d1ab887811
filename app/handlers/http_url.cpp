#include "app/handlers/http_url.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace callboard::app {

namespace {

error fault(const std::string& what) {
  // The URL is not repeated: it may hold a password.
  return {errc::invalid_config, "the url " + what};
}

bool is_plain(char c) {
  return c > ' ' && c < '\x7f';
}

std::optional<int> port_of(std::string_view text) {
  int port = 0;
  auto end = text.data() + text.size();
  auto [at, problem] = std::from_chars(text.data(), end, port);
  if (problem != std::errc{} || at != end || port < 1 || port > 65535)
    return std::nullopt;
  return port;
}

bool is_host(std::string_view text, bool bracketed) {
  auto allowed = [&](char c) {
    auto letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    auto digit = c >= '0' && c <= '9';
    return letter || digit || c == '.'
           || (bracketed ? c == ':' || c == '%' : c == '-' || c == '_');
  };
  return !text.empty() && std::ranges::all_of(text, allowed);
}

} // namespace

std::string http_url::name() const {
  auto shown = host.find(':') == host.npos ? host : "[" + host + "]";
  auto usual = port == (secure ? 443 : 80);
  return (secure ? "https://" : "http://") + shown
         + (usual ? "" : ":" + std::to_string(port))
         + target.substr(0, target.find('?'));
}

result<http_url> parse_http_url(std::string_view text) {
  http_url url;
  if (text.starts_with("https://")) {
    url.secure = true;
    url.port = 443;
    text.remove_prefix(8);
  } else if (text.starts_with("http://")) {
    text.remove_prefix(7);
  } else {
    return fault("must begin with http:// or https://");
  }
  if (!std::ranges::all_of(text, is_plain))
    return fault("holds a blank or a byte that must be percent-encoded");
  if (text.find('#') != text.npos)
    return fault("has a fragment (#...); leave it out");
  auto host = text.substr(0, text.find_first_of("/?"));
  auto target = text.substr(host.size());
  if (host.find('@') != host.npos)
    return fault("holds a user or password; give them as an Authorization "
                 "header instead");
  auto bracketed = host.starts_with('[');
  auto colon = bracketed ? host.find(':', host.find(']')) : host.find(':');
  if (colon != host.npos) {
    auto port = port_of(host.substr(colon + 1));
    if (!port)
      return fault("has a bad port; it must be a number from 1 to 65535");
    url.port = *port;
    host = host.substr(0, colon);
  }
  if (bracketed) {
    if (!host.ends_with(']'))
      return fault("has a bad IPv6 address; write [::1]");
    host = host.substr(1, host.size() - 2);
  }
  if (!is_host(host, bracketed))
    return fault("names no host, or one with characters that no host has");
  url.host = host;
  url.target = (target.starts_with('/') ? "" : "/") + std::string{target};
  return url;
}

} // namespace callboard::app
