#pragma once

#include "store/model/error.hpp"
#include "store/model/time.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace callboard::store {

/// How to reach a PostgreSQL server.
struct conninfo {
  /// A libpq URL that SOCI passes on unharmed, with our defaults added. Holds
  /// the password.
  std::string text;
  /// For messages: a URL without the password.
  std::string name;

  /// Takes a URL apart, or `postgresql:` before key=value text. Never answers
  /// a message that holds the password. A timeout of 0 is left out.
  static result<conninfo> parse(std::string_view url, duration connect_timeout);

  /// `text`, with a connect that takes no longer than `most`.
  std::string text_within(duration most) const;

  /// What the URL or `parse` said; nothing: libpq waits as long as it takes.
  std::optional<std::chrono::seconds> connect_timeout;
};

} // namespace callboard::store
