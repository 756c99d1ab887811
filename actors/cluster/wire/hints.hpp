#pragma once

#include <cstdint>
#include <string>
#include <vector>

/// Hints between full nodes. All of them may be lost: the truth is in the
/// database, and whoever misses one polls a little later.
namespace callboard::wire {

/// These queues have due jobs. Answered by a `heard_v1`; until then the sender
/// keeps (and coalesces) what else it has to tell.
struct wake_v1 {
  std::vector<std::string> queues;
};

/// Somebody asked to cancel running jobs: look which. Answered like a wake-up.
struct cancel_hint_v1 {
  std::uint8_t reserved = 0;
};

struct heard_v1 {
  std::uint8_t reserved = 0;
};

template <class Inspector>
auto inspect(Inspector& f, wake_v1& x) {
  return f(x.queues);
}

template <class Inspector>
auto inspect(Inspector& f, cancel_hint_v1& x) {
  return f(x.reserved);
}

template <class Inspector>
auto inspect(Inspector& f, heard_v1& x) {
  return f(x.reserved);
}

} // namespace callboard::wire
