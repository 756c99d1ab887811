#pragma once

#include <chrono>
#include <functional>

namespace callboard {

/// Spans of time. Everything that Callboard stores has microseconds.
using duration = std::chrono::microseconds;

/// A moment on the database's clock (UTC), in microseconds.
using time_point = std::chrono::sys_time<duration>;

/// Answers the present moment. Injected wherever code needs the time, so that
/// tests can jump hours without waiting.
using clock_function = std::function<time_point()>;

/// The operating system's clock, cut to microseconds.
inline time_point system_now() {
  return std::chrono::time_point_cast<duration>(
      std::chrono::system_clock::now());
}

} // namespace callboard
