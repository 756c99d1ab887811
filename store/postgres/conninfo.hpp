#pragma once

#include "store/model/error.hpp"
#include "store/model/time.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace callboard::store {

/// What stands between us and the server, as the URL says it.
enum class pooling {
  none,
  /// A connection is a session of the server's all the same.
  session,
  /// Each transaction may meet another session of the server's.
  transaction
};

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

  /// By `pooler=` in the URL.
  pooling pooler = pooling::none;

  /// The same past the pooler, where the URL's `direct=` says; nothing without
  /// one.
  std::optional<conninfo> past_pooler() const;

  /// What the URL or `parse` said; nothing: libpq waits as long as it takes.
  std::optional<std::chrono::seconds> connect_timeout;

private:
  std::string direct_text_;
  std::string direct_name_;
};

} // namespace callboard::store
