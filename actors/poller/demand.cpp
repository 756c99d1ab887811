#include "actors/poller/demand.hpp"

#include <algorithm>
#include <cmath>

namespace callboard::actors {

namespace {

double smooth(double old, double sample, double weight) {
  return old < 0 ? sample : old + weight * (sample - old);
}

} // namespace

void demand::performed(duration total, std::size_t jobs) {
  if (jobs == 0)
    return;
  stalled_ = false;
  auto mean = static_cast<double>(total.count()) / static_cast<double>(jobs);
  // As if each job had been smoothed in on its own.
  handler_
      = smooth(handler_, mean, 1 - std::pow(0.8, static_cast<double>(jobs)));
}

void demand::leased(duration round_trip) {
  lease_ = smooth(lease_, static_cast<double>(round_trip.count()), 0.2);
}

void demand::arrived(std::size_t jobs, std::size_t bytes) {
  if (jobs == 0)
    return;
  auto mean = static_cast<double>(bytes) / static_cast<double>(jobs);
  // Rather too careful than too late.
  size_ = smooth(size_, mean, mean > size_ ? 0.5 : 0.1);
}

std::size_t demand::fitting(std::size_t bytes) const {
  auto count = static_cast<double>(bytes) / std::max(size_, 1.0);
  return std::max(static_cast<std::size_t>(count), std::size_t{1});
}

duration demand::stall_time() const {
  constexpr auto shortest = std::chrono::milliseconds{5};
  constexpr auto longest = std::chrono::seconds{1};
  return std::clamp(duration{static_cast<duration::rep>(4 * lease_)},
                    duration{shortest}, duration{longest});
}

std::size_t demand::chunk() const {
  if (handler_ < 0)
    return 1;
  auto meanwhile
      = static_cast<double>(chunk_time.count()) / std::max(handler_, 1.0);
  return std::clamp(static_cast<std::size_t>(meanwhile), std::size_t{1},
                    std::min(longest_chunk, fitting(chunk_bytes)));
}

std::size_t demand::prefetch(std::size_t slots) const {
  if (handler_ < 0 || lease_ < 0 || stalled_)
    return 0;
  auto meanwhile
      = static_cast<double>(slots) * lease_ / std::max(handler_, 1.0);
  auto most = static_cast<double>(std::min(
      {2 * largest_lease, 4 * slots * longest_chunk, fitting(ahead_bytes)}));
  return static_cast<std::size_t>(std::min(meanwhile, most));
}

std::size_t demand::want(std::size_t idle, std::size_t slots,
                         std::size_t buffered) const {
  auto ahead = prefetch(slots);
  auto capacity = idle * chunk() + ahead;
  if (buffered >= capacity)
    return 0;
  // While no slot waits, a call is worth it when half of the reserve is gone.
  if (buffered >= idle && idle + ahead / 2 < buffered)
    return 0;
  return std::min(capacity - buffered, largest_lease);
}

} // namespace callboard::actors
