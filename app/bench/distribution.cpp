#include "app/bench/distribution.hpp"

#include <algorithm>
#include <cmath>

namespace callboard::app::bench {

void distribution::add(span value) {
  values_.push_back(std::max(value, span{0}));
  sorted_ = false;
}

distribution::span distribution::percentile(double percent) const {
  if (values_.empty())
    return span{0};
  if (!sorted_)
    std::sort(values_.begin(), values_.end());
  sorted_ = true;
  auto share = std::clamp(percent, 0.0, 100.0) / 100;
  auto rank = static_cast<std::size_t>(
      std::ceil(share * static_cast<double>(values_.size())));
  return values_[std::max<std::size_t>(rank, 1) - 1];
}

} // namespace callboard::app::bench
