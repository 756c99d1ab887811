#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace callboard::actors {

/// What one peer is still to be told: queues with due jobs, and that there are
/// jobs to cancel. One hint at a time is on its way; what comes meanwhile is
/// told together by the next. So a peer gets no more of them than it takes in,
/// and a slow one costs no memory.
class hint_book {
public:
  /// With more queues than this, all are meant.
  static constexpr std::size_t most_queues = 1000;

  void wake(const std::string& queue) {
    if (all_)
      return;
    queues_.insert(queue);
    all_ = queue.empty() || queues_.size() > most_queues;
    if (all_)
      queues_ = {""};
  }

  void cancel() { cancel_ = true; }

  /// The peer has taken in what it was told.
  void heard() { outstanding_ = false; }

  struct hint {
    /// Empty: look for jobs to cancel. Else queues; "" means all.
    std::vector<std::string> queues;
  };

  /// What to tell now, if anything.
  std::optional<hint> next() {
    if (outstanding_ || (!cancel_ && queues_.empty()))
      return std::nullopt;
    outstanding_ = true;
    if (cancel_) {
      cancel_ = false;
      return hint{};
    }
    hint told{{queues_.begin(), queues_.end()}};
    queues_.clear();
    all_ = false;
    return told;
  }

private:
  std::set<std::string> queues_;
  bool all_ = false;
  bool cancel_ = false;
  bool outstanding_ = false;
};

} // namespace callboard::actors
