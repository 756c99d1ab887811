#include "store/schedule/backoff.hpp"

#include <algorithm>
#include <string>

namespace callboard {

namespace {

error invalid(std::string text) {
  return {errc::invalid_config, std::move(text)};
}

// `first` times `factor`, at most `limit`; all of them positive.
std::int64_t capped_product(std::int64_t first, std::int64_t factor,
                            std::int64_t limit) {
  return first > limit / factor ? limit : std::min(first * factor, limit);
}

std::int64_t undisturbed(const backoff& x, std::int32_t attempt) {
  auto first = x.first.count();
  auto limit = x.limit.count();
  if (first <= 0 || limit <= 0)
    return 0;
  std::int64_t nth = std::max(attempt, 1);
  switch (x.shape) {
  case backoff::kind::fixed:
    return std::min(first, limit);
  case backoff::kind::linear:
    return capped_product(first, nth, limit);
  case backoff::kind::exponential:
    return capped_product(
        first, std::int64_t{1} << std::min(nth - 1, std::int64_t{62}), limit);
  }
  return std::min(first, limit);
}

// Also takes NaN to 0.
double unit(double x) {
  return x > 0 ? std::min(x, 1.0) : 0.0;
}

} // namespace

duration backoff::after(std::int32_t attempt, double draw) const {
  auto whole = undisturbed(*this, attempt);
  auto share = unit(jitter) * unit(draw);
  // A double has fewer digits than a long delay: the bounds hold exactly.
  auto off = static_cast<double>(whole) * share;
  auto rest = off >= static_cast<double>(whole)
                  ? 0
                  : whole - static_cast<std::int64_t>(off);
  return duration{std::clamp(rest, std::int64_t{0}, whole)};
}

result<void> backoff::validate() const {
  if (first < duration::zero())
    return invalid("backoff: first is negative; 0 tries again at once");
  if (first == duration::zero() && shape != kind::fixed)
    return invalid("backoff: first is 0, which can't grow; use the fixed shape "
                   "or a longer delay");
  if (limit < first)
    return invalid("backoff: limit is shorter than first; no delay would be "
                   "allowed");
  if (!(jitter >= 0 && jitter <= 1))
    return invalid("backoff: jitter must be between 0 and 1");
  return {};
}

result<void> retry_policy::validate() const {
  if (max_attempts < 0)
    return invalid("retry: max_attempts is negative; 0 tries for ever");
  return wait.validate();
}

} // namespace callboard
