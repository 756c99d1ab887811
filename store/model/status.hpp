#pragma once

#include "store/model/job.hpp"
#include "store/model/lease.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace callboard {

/// Which jobs `list` gives, and how many.
struct job_filter {
  std::optional<std::string> queue;
  std::optional<job_state> state;
  std::optional<std::string> type;
  /// At most this many.
  std::size_t limit = 100;
  /// Continue after the job with this id (the last one of the page before).
  std::string after;
};

/// Which dead letters.
struct dead_filter {
  std::optional<std::string> queue;
  std::optional<std::string> type;
  /// Only these ids, when not empty.
  std::vector<std::string> ids;
  std::size_t limit = 100;
  /// Continue after the dead letter with this `sequence`.
  std::int64_t after = 0;
};

/// A job that will not be tried again unless someone says so. The same id can
/// die more than once; `sequence` tells them apart.
struct dead_letter {
  std::int64_t sequence = 0;
  job value;
  time_point died_at{};
};

/// A count that is cheap at any backlog: exact up to a cap, then "at least".
struct capped_count {
  std::int64_t value = 0;
  bool at_least = false;
};

/// One queue at a glance.
struct queue_counts {
  std::string queue;
  capped_count waiting;
  capped_count delayed;
  capped_count running;
  capped_count suspect;
  capped_count dead;
  /// How long the oldest due job has been waiting; nothing when none is due.
  std::optional<duration> oldest_due;
};

/// What a node tells of one of its queues.
struct node_queue {
  std::string queue;
  std::int32_t concurrency = 0;
  std::int32_t running = 0;
  /// Since the start of the node.
  std::int64_t performed = 0;
  std::int64_t failed = 0;
  /// Performed jobs a second, over the last interval, times 1000.
  std::int64_t per_second_milli = 0;
};

/// A node as the others see it.
struct node_info {
  incarnation id = 0;
  std::string name;
  /// Where other nodes reach it; empty when it does not listen.
  std::string address;
  time_point started_at{};
  time_point seen_at{};
  /// Whether its liveness lock is held.
  bool alive = false;
  /// The version of the tables that its program knows.
  int knows = 0;
  std::vector<node_queue> queues;
};

/// The state of the tables.
struct schema_status {
  /// 0: no tables yet.
  int version = 0;
  /// The version that this program knows, and needs at least.
  int required = 0;
  /// The version that a program must know, at least, to work with the tables
  /// as they are: a newer one is no obstacle while this does not pass it.
  int needs = 0;
  struct step {
    int version = 0;
    std::string name;
    std::optional<time_point> applied_at;
    /// What the tables need from this step on.
    int needs = 0;
  };
  /// Those that this program knows, then others that were applied.
  std::vector<step> steps;
};

} // namespace callboard
