#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <stop_token>

namespace callboard {

/// Why a handler is asked to stop.
enum class stop_reason : std::uint8_t {
  /// It is not.
  none,
  /// Its timeout has passed.
  timed_out,
  /// Somebody cancelled the job.
  cancelled,
  /// The job belongs to another lease by now; no outcome will be accepted.
  lease_lost,
  /// The grace of a close, or of an upgrade without its queue, is over.
  closing,
};

/// "timed out", "cancelled", ...; empty for none.
const char* to_string(stop_reason why) noexcept;

/// A stop source that says why. A handle: copies mean the same stop.
/// Thread-safe.
class stop_signal {
public:
  stop_signal() = default;

  /// Fires the token, the first time with this reason; answers whether it was
  /// the first time.
  bool request(stop_reason why) {
    auto none = stop_reason::none;
    reason_->compare_exchange_strong(none, why);
    return source_.request_stop();
  }

  bool requested() const noexcept { return source_.stop_requested(); }
  stop_reason reason() const noexcept { return *reason_; }
  std::stop_token token() const { return source_.get_token(); }

private:
  std::stop_source source_;
  std::shared_ptr<std::atomic<stop_reason>> reason_
      = std::make_shared<std::atomic<stop_reason>>(stop_reason::none);
};

} // namespace callboard
