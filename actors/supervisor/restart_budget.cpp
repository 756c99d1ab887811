#include "actors/supervisor/restart_budget.hpp"

namespace callboard::actors {

bool restart_budget::take(std::chrono::steady_clock::time_point now) {
  while (!taken_.empty() && now - taken_.front() >= limit_.window)
    taken_.pop_front();
  if (taken_.size() >= limit_.most)
    return false;
  taken_.push_back(now);
  return true;
}

} // namespace callboard::actors
