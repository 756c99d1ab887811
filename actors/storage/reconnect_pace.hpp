#pragma once

#include "store/model/time.hpp"

#include <chrono>

namespace callboard::actors {

/// Decides when a session tries to connect again: at once after a connection
/// that had lasted, then in growing, jittered steps, so that the nodes of a
/// server that comes back do not come all at once. Time is given by the caller.
class reconnect_pace {
public:
  using instant = std::chrono::steady_clock::time_point;

  /// A try that takes longer is given up. A server that answers so slowly is
  /// met by every third try, which may take its time.
  static constexpr duration quick_try = std::chrono::seconds{2};

  /// No two tries begin further apart, unless one of them took longer.
  explicit reconnect_pace(duration longest) : longest_{longest} {}

  /// A try begins; how long it may take at most.
  [[nodiscard]] duration begin(instant now);

  /// It worked.
  void connected(instant now);

  /// It failed, or the connection broke: how long to wait before the next.
  /// `draw` is a random number in [0, 1).
  [[nodiscard]] duration failed(instant now, double draw);

private:
  duration longest_;
  instant began_{};
  instant connected_{};
  bool lasting_ = false;
  int tries_ = 0;
};

} // namespace callboard::actors
