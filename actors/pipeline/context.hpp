#pragma once

#include "actors/pipeline/log.hpp"
#include "actors/pipeline/stop_signal.hpp"
#include "store/model/job.hpp"
#include "store/model/time.hpp"

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>

namespace callboard {

/// What a handler knows beside its job. Lives as long as the call; belongs to
/// the thread of the handler.
class context {
public:
  context(const job& work, std::int64_t fence, stop_signal stop,
          std::optional<std::chrono::steady_clock::time_point> deadline,
          log_sink log, duration timeout = duration{0})
      : request_id_{work.request_id}, job_id_{work.id}, attempt_{work.attempt},
        fence_{fence}, signal_{std::move(stop)}, stop_{signal_.token()},
        deadline_{deadline}, timeout_{timeout}, log_{std::move(log)} {}

  const std::string& request_id() const noexcept { return request_id_; }

  /// The middleware of the request id is the one that calls this.
  void request_id(std::string value) { request_id_ = std::move(value); }

  std::int32_t attempt() const noexcept { return attempt_; }

  /// Grows with every lease in the whole database. Pass it on to systems that
  /// can compare it, so that a handler that was paused and replaced can't
  /// undo newer work there.
  std::int64_t fence() const noexcept { return fence_; }

  /// Fires when the job should end soon: its deadline passed, it was
  /// cancelled, its lease was lost, or the grace period of a close is over.
  const std::stop_token& stop() const noexcept { return stop_; }

  /// Why the stop token fired; `none` while it has not.
  stop_reason why_stopped() const noexcept { return signal_.reason(); }

  /// When the job's timeout fires; nothing when it has none.
  const std::optional<std::chrono::steady_clock::time_point>&
  deadline() const noexcept {
    return deadline_;
  }

  /// How long the job may take, by its own timeout or its type's; 0: as long
  /// as it likes.
  duration timeout() const noexcept { return timeout_; }

  /// Writes a line that carries the job's id and request id.
  void log(log_level level, std::string message) const {
    if (log_)
      log_({level,
            std::move(message),
            {{"job_id", job_id_}, {"request_id", request_id_}}});
  }

private:
  std::string request_id_;
  std::string job_id_;
  std::int32_t attempt_;
  std::int64_t fence_;
  stop_signal signal_;
  std::stop_token stop_;
  std::optional<std::chrono::steady_clock::time_point> deadline_;
  duration timeout_;
  log_sink log_;
};

} // namespace callboard
