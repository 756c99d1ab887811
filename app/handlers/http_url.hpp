#pragma once

#include "store/model/error.hpp"

#include <string>
#include <string_view>

namespace callboard::app {

/// Where a request goes.
struct http_url {
  bool secure = false;
  /// A name or an address, an IPv6 one without its brackets.
  std::string host;
  int port = 80;
  /// From the slash on, with the query.
  std::string target = "/";

  /// For messages: without the query, which may hold secrets.
  std::string name() const;
};

/// Reads "http://host:port/path?query" or https. `invalid_config` says what is
/// wrong: another scheme, no host, a bad port, a user or password in it, blanks
/// or bytes that must be percent-encoded. The fragment is no part of a request
/// and refused, too.
[[nodiscard]] result<http_url> parse_http_url(std::string_view text);

} // namespace callboard::app
