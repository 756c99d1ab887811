#pragma once

#include <chrono>
#include <cstddef>
#include <deque>

namespace callboard::actors {

/// How often something may be restarted: at most `most` times within
/// `window`. Beyond that whatever is wrong won't be cured by restarting.
struct restart_limit {
  std::size_t most;
  std::chrono::steady_clock::duration window;
};

/// The numbers of the tree, in one place.
inline constexpr restart_limit slot_restarts{10, std::chrono::seconds{10}};
inline constexpr restart_limit poller_restarts{5, std::chrono::seconds{60}};
inline constexpr restart_limit session_restarts{10, std::chrono::seconds{60}};
inline constexpr restart_limit listener_restarts{10, std::chrono::seconds{60}};

/// So many slots of a queue may hang at once. Each costs a thread for as long
/// as its handler goes on; beyond it, the queue stops.
inline constexpr std::size_t most_hung_slots = 16;

/// Counts restarts against a limit.
class restart_budget {
public:
  explicit restart_budget(restart_limit limit) : limit_{limit} {}

  /// Takes one restart; false when there is none left.
  [[nodiscard]] bool take(std::chrono::steady_clock::time_point now);

private:
  restart_limit limit_;
  std::deque<std::chrono::steady_clock::time_point> taken_;
};

} // namespace callboard::actors
