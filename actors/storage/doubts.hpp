#pragma once

#include "actors/messages.hpp"

#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

namespace callboard::actors {

/// Outcomes that the store refused after an earlier try whose commit was in
/// doubt: either that try was stored, or the lease is another's by now. A node
/// that is still a member after the refusal has had its leases all the time,
/// so that it was the earlier try. One that was declared dead can't tell.
class doubts {
public:
  void add(finished_job job) { jobs_.push_back({next_++, std::move(job)}); }

  bool empty() const noexcept { return jobs_.empty(); }

  /// Names those of now, for a question whose answer comes later.
  std::uint64_t mark() const noexcept { return next_; }

  /// The node was a member after `mark`: these were stored.
  [[nodiscard]] std::vector<finished_job> stored(std::uint64_t mark) {
    std::vector<finished_job> known;
    while (!jobs_.empty() && jobs_.front().first < mark) {
      known.push_back(std::move(jobs_.front().second));
      jobs_.pop_front();
    }
    return known;
  }

  /// Nobody will ever know: all that is certain is that they were refused.
  [[nodiscard]] std::vector<finished_job> refused() { return stored(next_); }

private:
  std::deque<std::pair<std::uint64_t, finished_job>> jobs_;
  std::uint64_t next_ = 0;
};

} // namespace callboard::actors
