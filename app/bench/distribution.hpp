#pragma once

#include <chrono>
#include <cstddef>
#include <vector>

namespace callboard::app::bench {

/// Spans of time, to be asked for percentiles. Keeps each one.
class distribution {
public:
  using span = std::chrono::nanoseconds;

  /// What is negative counts as 0.
  void add(span value);

  std::size_t size() const noexcept { return values_.size(); }
  bool empty() const noexcept { return values_.empty(); }

  /// The smallest value that is not below `percent` of all values (nearest
  /// rank, so that it is always one of them); 0 when there are none. `percent`
  /// from 0 (the least) to 100 (the greatest).
  span percentile(double percent) const;

  span max() const { return percentile(100); }

private:
  mutable std::vector<span> values_;
  mutable bool sorted_ = true;
};

} // namespace callboard::app::bench
