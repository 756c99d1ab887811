#include "actors/poller/rhythm.hpp"

#include <algorithm>

namespace callboard::actors {

namespace {

constexpr auto first_rest = duration{std::chrono::milliseconds{1}};

constexpr backoff after_failure{
    .shape = backoff::kind::exponential,
    .first = std::chrono::milliseconds{100},
    .limit = std::chrono::seconds{1},
};

} // namespace

duration rhythm::after_answer(bool empty, std::optional<duration> next_due) {
  errors_ = 0;
  if (!next_due || *next_due >= interval_) {
    shortest_ = duration{0};
    return interval_;
  }
  if (!empty || *next_due > first_rest) {
    shortest_ = duration{0};
    return std::max(*next_due, first_rest);
  }
  shortest_ = shortest_ == duration{0} ? first_rest : shortest_ * 2;
  shortest_ = std::min(shortest_, interval_);
  return shortest_;
}

duration rhythm::after_error(double draw) {
  errors_ = std::min(errors_ + 1, 30);
  return after_failure.after(errors_, draw);
}

} // namespace callboard::actors
