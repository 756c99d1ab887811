#pragma once

#include "tests/chaos/faults.hpp"
#include "tests/chaos/ledger.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace callboard::chaos {

/// Everything that is known of a run when it is over, from five witnesses:
/// those who enqueued, the ledger of the handlers, the database's own record
/// of each change, the logs of the nodes, and whoever made the faults.

/// What the one who enqueued a job knows.
struct promise {
  enum class state : std::uint8_t {
    /// It was told that the job is stored.
    stored,
    /// It was told that it is not.
    refused,
    /// Neither: it was killed, or the connection broke in the commit and no
    /// later try said more.
    unknown,
  };

  std::string id;
  std::string queue;
  std::string type;
  plan what;
  int max_attempts = 0;
  int delay_ms = 0;
  state known = state::unknown;
  /// How often the same id was tried again after `commit_unknown`.
  int repeats = 0;
  /// When the last try answered.
  micros at = 0;
};

/// One run of a handler.
struct performance {
  std::string id;
  std::int64_t fence = 0;
  int attempt = 0;
  int steps = 0;
  std::string life;
  micros began = 0;
  /// 0: it never came to its end.
  micros ended = 0;
  std::string result;
};

/// What became of a row, by the database's own triggers. A change that was
/// rolled back is not there.
struct change {
  enum class kind : std::uint8_t {
    inserted,
    leased,
    /// Handed back by a reclaim, which counted a crash.
    crashed,
    /// Handed back because the node's registration went, without a crash.
    orphaned,
    /// An outcome.
    retried,
    rescheduled,
    /// Handed back by its node, attempt refunded.
    released,
    /// Deleted while it was leased: completed, or dead (see `died`).
    gone,
    /// Deleted while it waited.
    dropped,
    /// A dead letter came to be.
    died,
    /// A node registered; and its registration went.
    joined,
    left,
  };

  std::int64_t sequence = 0;
  micros at = 0;
  kind what = kind::inserted;
  std::string id;
  std::int64_t fence = 0;
  int attempt = 0;
  int crashes = 0;
  /// The incarnation.
  std::int64_t node = 0;
  /// The last error of a dead letter, and of a job that was handed back; the
  /// name of a node; else the queue of the job.
  std::string text;
};

/// What a node said of one lease.
struct claim {
  enum class kind : std::uint8_t {
    completed,
    retried,
    rescheduled,
    dead,
    fenced
  };

  kind what = kind::completed;
  std::string id;
  std::int64_t fence = 0;
  std::string life;
  std::string error;
};

/// One start of one node or performer.
struct life {
  /// "2.5": the fifth of node 2; "p2.5": that of performer 2.
  std::string name;
  /// Which of them; the other one is 0.
  int node = 0;
  int performer = 0;
  micros started = 0;
  /// 0: never.
  micros ready = 0;
  micros ended = 0;
  /// As of `process::wait`: the exit code, or minus the signal.
  int code = 0;
  /// When it was asked to end in peace; 0: never.
  micros asked_to_end = 0;
  /// When the driver killed it; 0: never.
  micros killed = 0;
};

struct history {
  std::vector<promise> promises;
  std::vector<performance> performances;
  std::vector<change> changes;
  std::vector<claim> claims;
  std::vector<life> lives;
  std::vector<fault> faults;
  /// Ids of jobs that were still stored when time was up.
  std::vector<std::string> left_over;
  int max_crashes = 3;
  micros silence_limit = 4'000'000;
  micros silence = 2'000'000;
  /// Queues that the nodes leave to performers.
  std::set<std::string> left_to_performers;
  /// No queue of a process ever had more slots.
  std::map<std::string, int> most_slots;
};

} // namespace callboard::chaos
