#pragma once

#include "app/handlers/http_url.hpp"
#include "store/model/error.hpp"

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

namespace callboard::app {

/// One POST.
struct http_post {
  const http_url& to;
  const std::multimap<std::string, std::string>& headers;
  std::string_view body;
  /// A PEM file of the authorities to trust; empty: the system's.
  std::string ca_file{};
  std::optional<std::chrono::steady_clock::time_point> deadline{};
  std::stop_token stop{};
};

/// What came back, as far as anyone reads it.
struct http_answer {
  /// No more of a body is read; the connection is then cut.
  static constexpr std::size_t body_limit = 8 * 1024;

  int status = 0;
  std::string retry_after;
  std::string body;
};

/// Sends a request on a connection of its own and waits for the answer, until
/// the deadline or the stop, which ends it at once (only a name's look-up can't
/// be interrupted). Redirects are not followed. What the other side sends is
/// bounded in every part. An error says what went wrong on the way: `timed_out`
/// at the deadline, `closed` at a stop, else `internal`.
[[nodiscard]] result<http_answer> post(const http_post& request);

} // namespace callboard::app
