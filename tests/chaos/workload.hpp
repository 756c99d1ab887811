#pragma once

#include "store/model/new_job.hpp"
#include "tests/chaos/history.hpp"

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace callboard::chaos {

/// Draws jobs of all kinds. One thread.
class workload {
public:
  /// `name` begins the ids. Jobs for performers only when there are any.
  workload(std::string name, std::uint64_t seed, bool for_performers);

  std::vector<promise> draw(std::size_t count);

  /// Many quick ones at once, so that nodes hold more than they perform.
  std::vector<promise> draw_burst();

  /// One that kills its node, in one of the queues.
  promise draw_poison();

  /// 0 to `below` - 1.
  std::int64_t number(std::int64_t below);

private:
  promise draw_one();
  promise named(promise job);

  std::string name_;
  bool for_performers_;
  std::mt19937_64 engine_;
  std::uint64_t count_ = 0;
};

/// What the store wants to know of it.
new_job to_new_job(const promise& job);

/// The same as a line for `callboard enqueue --stdin`.
std::string to_line(const promise& job);

} // namespace callboard::chaos
