#pragma once

#include "actors/poller/chunk.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace callboard::actors {

/// A moment on the clock of the actor system (virtual in tests).
using moment = std::chrono::steady_clock::time_point;

/// Which slots of a poller are idle, and what the others work on.
class slots {
public:
  using number = std::uint64_t;

  struct busy_slot {
    number slot = 0;
    chunk_ptr work;
    /// When it got the chunk.
    moment since{};
    /// How many of its jobs were done when somebody looked last.
    std::size_t seen_done = 0;
  };

  /// A new idle slot. Numbers are never used twice.
  number add();
  void remove(number slot);

  /// An idle one, the one that was busy last (its thread is warm).
  std::optional<number> idle() const;
  void give(number slot, chunk_ptr work, moment now);
  /// The slot is idle again.
  void finish(number slot);
  /// What the slot works on; null when it is idle or unknown.
  busy_slot* find_busy(number slot);

  std::vector<busy_slot*> busy();

  std::size_t idle_count() const noexcept { return idle_.size(); }
  std::size_t busy_count() const noexcept { return busy_.size(); }
  std::size_t size() const noexcept { return idle_.size() + busy_.size(); }
  bool empty() const noexcept { return size() == 0; }

private:
  std::vector<number> idle_;
  std::map<number, busy_slot> busy_;
  number next_ = 1;
};

} // namespace callboard::actors
