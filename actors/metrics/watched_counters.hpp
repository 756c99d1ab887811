#pragma once

#include "actors/metrics/counters.hpp"

#include <atomic>
#include <chrono>

namespace callboard::actors {

/// The numbers of a node. They notice when somebody looks, so that figures
/// which cost a statement are only fetched for a reader.
class watched_counters : public counters {
public:
  metrics_snapshot snapshot() const override {
    interest_ = rounds;
    auto now = counters::snapshot();
    now.database = database.report(std::chrono::steady_clock::now());
    return now;
  }

  /// The node's ties to its database.
  links database;

  /// No other node is registered, and one that joins would be heard of.
  std::atomic<bool> alone{false};

  /// For the node itself: does not count as a look.
  metrics_snapshot peek() const { return counters::snapshot(); }

  /// Whether somebody looked within the last rounds; ends a round.
  bool wanted() {
    auto left = interest_.load();
    return left > 0 && interest_.compare_exchange_strong(left, left - 1);
  }

private:
  static constexpr int rounds = 12;
  mutable std::atomic<int> interest_{0};
};

} // namespace callboard::actors
