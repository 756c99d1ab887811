#pragma once

#include "store/model/time.hpp"
#include "store/schedule/backoff.hpp"

#include <optional>

namespace callboard::actors {

/// How long a poller rests after a lease that did not fill it.
class rhythm {
public:
  explicit rhythm(duration poll_interval) : interval_{poll_interval} {}

  /// The last tick in the poll interval after `from`. All pollers of a node
  /// count ticks from one moment, so that queues that are idle are looked at
  /// together.
  template <class Moment>
  Moment tick(Moment from, Moment zero) const {
    auto latest = from + interval_;
    return latest - (latest - zero) % interval_;
  }

  /// After a lease that answered: `next_due` or the poll interval, whichever
  /// is shorter. A job that is due but was not given (others hold its lock)
  /// must not make a hot loop: then 1 ms, 2 ms, 4 ms, ...
  duration after_answer(bool empty, std::optional<duration> next_due);

  /// After a failed lease: 100 ms, doubled up to 1 s.
  duration after_error(double draw);

  /// Whether a rest is as long as it gets.
  bool is_longest(duration rest) const noexcept { return rest == interval_; }

  /// Whether the last lease failed.
  bool failing() const noexcept { return errors_ > 0; }

private:
  duration interval_;
  int errors_ = 0;
  duration shortest_{0};
};

} // namespace callboard::actors
