#pragma once

#include "tests/support/memory_store.hpp"

#include <atomic>
#include <condition_variable>
#include <limits>
#include <set>

namespace callboard::testing {

/// What all connections of a memory database share.
struct memory_state {
  struct row {
    job value;
    enum { free, leased, suspect } state = free;
    std::int64_t fence = 0;
    std::int32_t crashes = 0;
    incarnation node = 0;
    time_point updated_at{};
    /// Of a leased one.
    bool recorded = false;
    bool isolated = false;
    bool cancelled = false;

    bool due(time_point now) const { return value.run_at <= now; }
    /// Whether it must not be given out any more.
    bool spent() const;
    /// A lease has ended. What was to be cancelled needs not wait to be alone.
    void come_back(time_point now);
  };

  struct node {
    std::string name;
    std::string address;
    time_point started_at{};
    time_point seen_at{};
    /// When its lock was found free first.
    std::optional<time_point> missed_at;
    /// Whose connection holds its lock; 0: nobody's.
    std::uint64_t lock = 0;
    std::vector<node_queue> queues;
  };

  struct letter {
    dead_letter value;
    std::int64_t fence = 0;
    std::int32_t crashes = 0;
  };

  mutable std::mutex mutex;
  time_point clock_now = std::chrono::sys_days{std::chrono::year{2026} / 1 / 1};
  clock_function clock;

  std::map<std::string, row> rows;
  std::vector<letter> dead;
  std::map<incarnation, node> nodes;
  std::int64_t last_fence = 0;
  std::int64_t last_sequence = 0;
  incarnation last_node = 1000;

  std::uint64_t last_connection = 0;
  std::set<std::uint64_t> open;
  bool away = false;

  std::map<operation, std::pair<fault, int>> faults;
  std::function<std::optional<fault>(const operation&)> rule;
  std::function<void(const operation&)> hook;
  std::map<operation, std::size_t> calls;

  std::vector<settlement> accepted;
  std::vector<std::string> woken;
  bool listening = false;
  /// For each listener, what it has not given yet.
  struct heard {
    std::set<std::string> queues;
    bool cancels = false;
    bool joined = false;
  };
  std::map<std::uint64_t, heard> heard_by;
  std::condition_variable changed;

  // All of these want the mutex to be held.
  time_point now() const { return clock ? clock() : clock_now; }
  row* leased(const std::string& id, std::int64_t fence);
  std::optional<fault> draw_fault(const operation& which);
  void close_connection(std::uint64_t connection);
  void bury(row what, std::int32_t new_crashes, std::string error);
  /// Without `max_crashes` the node's end was no crash.
  void free_leases(incarnation of, const std::string& cause, time_point when,
                   std::optional<std::int32_t> max_crashes,
                   reclaim_report& report);
  job_info info(const row& what) const;
};

} // namespace callboard::testing
