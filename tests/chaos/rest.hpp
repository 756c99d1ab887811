#pragma once

#include "tests/chaos/ledger.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>

namespace callboard::chaos {

/// Lets time pass: the length of a fault, the gap between two jobs. False when
/// it was told to stop before.
inline bool rest(const std::stop_token& stop, micros span) {
  std::mutex mutex;
  std::condition_variable_any told;
  std::unique_lock lock{mutex};
  told.wait_for(lock, stop, std::chrono::microseconds{span},
                [] { return false; });
  return !stop.stop_requested();
}

} // namespace callboard::chaos
