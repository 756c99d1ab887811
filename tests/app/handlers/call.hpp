#pragma once

#include "actors/pipeline/handler.hpp"
#include "app/handlers/make_handler.hpp"

#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace callboard::app {

/// An environment in `folder` for queue "mail" and `type`.
handler_environment environment_in(const std::string& folder,
                                   const std::string& type = "welcome");

/// One job and what it takes to hand it to a handler.
struct call {
  job work{.id = "j1",
           .queue = "mail",
           .type = "welcome",
           .request_id = "r1",
           .attempt = 2};
  stop_signal stop{};
  std::optional<std::chrono::steady_clock::time_point> deadline{};
  duration timeout{0};
  std::int64_t fence = 7;

  outcome operator()(const handler& to);

  /// What was logged, line by line.
  std::vector<std::string> lines() const;

  /// Called for each line, while the handler runs.
  std::function<void(const std::string&)> on_line{};

private:
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
};

/// The text of an outcome that failed, was retried or is dead.
std::string error_of(const outcome& answer);

/// The handler, or a failed test with the reason.
handler made(const result<handler>& from);

/// Why there is none.
std::string refusal(const result<handler>& from);

} // namespace callboard::app
