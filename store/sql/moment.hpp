#pragma once

#include "store/model/time.hpp"

#include <algorithm>

namespace callboard::store {

/// Moments as both dialects store them: microseconds since 1970, UTC.
inline long long to_micros(time_point moment) {
  return moment.time_since_epoch().count();
}

inline time_point from_micros(long long micros) {
  return time_point{duration{micros}};
}

/// `after` kept between nothing and a hundred years, so that adding it to a
/// moment can't overflow.
inline duration bounded(duration after) {
  constexpr duration longest = std::chrono::hours{24 * 365 * 100};
  return std::clamp(after, duration{0}, longest);
}

} // namespace callboard::store
