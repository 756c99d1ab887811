#pragma once

#include "store/model/time.hpp"
#include "store/schedule/backoff.hpp"

#include <optional>

namespace callboard::actors {

/// How long a poller rests after a lease that did not fill it.
class rhythm {
public:
  explicit rhythm(duration poll_interval) : interval_{poll_interval} {}

  /// After a lease that answered: `next_due` or the poll interval, whichever
  /// is shorter. A job that is due but was not given (others hold its lock)
  /// must not make a hot loop: then 1 ms, 2 ms, 4 ms, ...
  duration after_answer(bool empty, std::optional<duration> next_due);

  /// After a failed lease: 100 ms, doubled up to 1 s.
  duration after_error(double draw);

  /// Whether the last lease failed.
  bool failing() const noexcept { return errors_ > 0; }

private:
  duration interval_;
  int errors_ = 0;
  duration shortest_{0};
};

} // namespace callboard::actors
