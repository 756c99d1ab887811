#pragma once

#include "store/model/status.hpp"
#include "tests/store/machine/step.hpp"

#include <optional>
#include <string>
#include <vector>

namespace callboard::machine {

/// What a step was answered, in words that mean the same for every subject:
/// leases are numbered in the order in which they were given.
struct answer {
  std::string text;
  /// Of a lease: when to look again. Too early does no harm.
  std::optional<duration> next_due{};
};

/// What performs steps: a store, or the model of one.
class subject {
public:
  subject() = default;
  subject(const subject&) = delete;
  subject& operator=(const subject&) = delete;
  virtual ~subject() = default;

  virtual answer perform(const step& x) = 0;
  /// Everything that is stored, in words.
  virtual std::string state() = 0;
};

/// A stored job; moments count from the beginning of the sequence.
struct seen_job {
  std::string id;
  std::string queue;
  std::string arg;
  std::string error;
  std::string node;
  /// Of the newest lease, in their order; 0 when there was none.
  std::size_t lease = 0;
  int priority = 0;
  int attempt = 0;
  int max_attempts = 0;
  int crashes = 0;
  bool cancelled = false;
  job_state state = job_state::waiting;
  duration run_at{0};
  duration created_at{0};
  duration updated_at{0};
};

/// The jobs by id (dead letters of one id from old to new), then the counts.
std::string describe(std::vector<seen_job> jobs,
                     const std::vector<queue_counts>& counts);
std::string describe(const std::vector<cancel_answer>& answers);
std::string describe(std::vector<std::size_t> leases);
std::string describe(const lease_batch& batch, std::size_t first_lease);
std::string describe(reclaim_report report);

/// Without what differs from store to store: incarnations and moments.
std::string plain(const std::string& error);

} // namespace callboard::machine
