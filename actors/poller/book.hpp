#pragma once

#include "actors/actors.hpp"
#include "actors/poller/slots.hpp"
#include "store/model/lease.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <map>
#include <set>

namespace callboard::actors {

/// Everything that a poller is answerable for. It lies outside of the actor
/// and is read by one poller at a time: when that one dies, the supervisor
/// gives the book to the next, and no lease, slot or outcome is forgotten.
struct poller_book {
  /// Leased and not given to a slot.
  std::deque<leased_job> buffer;
  slots table;
  std::map<slots::number, slot_actor> handles;
  /// The fences of those in the buffer whose start is being recorded.
  std::set<std::int64_t> recording;
  /// How many slots this poller may have.
  std::size_t credits = 0;
  /// Beyond so many, slots go as they get idle.
  std::size_t most = std::numeric_limits<std::size_t>::max();
  std::uint64_t next_chunk = 1;
  /// What the gauge of running jobs counts for this book.
  int counted_running = 0;
};

} // namespace callboard::actors
