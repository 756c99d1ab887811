#pragma once

#include "tests/chaos/story.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace callboard::chaos {

/// How long it took until work went on.
struct recovery {
  /// While nothing else was wrong, sorted.
  std::vector<micros> undisturbed;
  /// The same for each job that was interrupted, not only for the first.
  std::vector<micros> each_job;
  /// Of a node's fault: for each job that it had given to a performer.
  std::vector<micros> at_performers;
  /// All first ones, sorted.
  std::vector<micros> all;
};

/// The value below which `share` of the sorted values lie; 0 for none.
micros percentile(const std::vector<micros>& sorted, double share);

/// What a run comes to.
struct figures {
  std::map<fault_kind, std::size_t> faults;

  std::size_t jobs = 0;
  std::size_t refused = 0;
  std::size_t unknown = 0;
  std::size_t leases = 0;
  std::size_t performances = 0;
  std::size_t completed = 0;
  /// By what they died of.
  std::map<std::string, std::size_t> dead;

  /// Performances whose job had been performed before with an outcome that
  /// nobody accepted, by the fault that cost it; and all of them.
  std::map<std::string, std::size_t> duplicates;
  std::size_t duplicated = 0;
  /// Of these, those that began while the one before still ran.
  std::map<std::string, std::size_t> at_once;
  /// Jobs that nodes gave up because their performer was lost, by the fault
  /// behind it; and how many runs of handlers performers began.
  std::map<std::string, std::size_t> lost_with_performers;
  std::size_t at_performers = 0;
  /// Outcomes that were refused, and those of them that had been accepted, but
  /// whose answer was lost.
  std::size_t fenced = 0;
  std::size_t answers_lost = 0;

  /// Leases that were taken from their nodes, by the fault behind it.
  std::map<std::string, std::size_t> taken;
  /// Of these: begun or not, attempt kept or given back.
  std::size_t begun_kept = 0;
  std::size_t begun_refunded = 0;
  std::size_t unbegun_kept = 0;
  std::size_t unbegun_refunded = 0;

  /// Kill: from the kill to the next start of a job that ran there. Stop: the
  /// same. A performer and its links: the same, for jobs that were lost with
  /// it. Restart: from when the server takes connections to the next start.
  /// A node's connection: from its repair to the node's next start.
  std::map<fault_kind, recovery> recoveries;
};

figures count(const story& told);

/// Defined in recovery.cpp.
std::map<fault_kind, recovery> find_recoveries(const story& told);

} // namespace callboard::chaos
