#include "actors/storage/reconnect_pace.hpp"

#include "store/schedule/backoff.hpp"

#include <algorithm>

namespace callboard::actors {

duration reconnect_pace::begin(instant now) {
  began_ = now;
  auto patient = tries_ % 3 == 2;
  return patient ? duration::max() : quick_try;
}

void reconnect_pace::connected(instant now) {
  connected_ = now;
  lasting_ = true;
}

duration reconnect_pace::failed(instant now, double draw) {
  // One that breaks at once is no better than one that was refused.
  auto lasted = lasting_ && now - connected_ >= longest_;
  lasting_ = false;
  if (lasted) {
    tries_ = 0;
    return duration{0};
  }
  tries_ = std::min(tries_ + 1, 30);
  backoff steps{.shape = backoff::kind::exponential,
                .first = std::chrono::milliseconds{50},
                .limit = longest_,
                .jitter = 0.5};
  auto taken = std::chrono::duration_cast<duration>(now - began_);
  return std::max(steps.after(tries_, draw) - taken, duration{0});
}

} // namespace callboard::actors
