#pragma once

#include "tests/chaos/history.hpp"

#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace callboard::chaos {

/// One lease with all that the witnesses say about it. Pointers go into the
/// history.
struct lease_story {
  const change* taken = nullptr;
  /// The change that ended it; none: it is held still.
  const change* end = nullptr;
  /// When its end was a move to the dead letters.
  const change* death = nullptr;
  std::vector<const performance*> runs;
  std::vector<const claim*> claims;

  bool ended_by(change::kind what) const { return end && end->what == what; }
  bool reclaimed() const;
  /// Its node gave it up because its performer was lost; who that was by the
  /// error, such as "performer-2".
  std::optional<std::string> lost_performer() const;
  /// The first run; null when no handler began.
  const performance* run() const { return runs.empty() ? nullptr : runs[0]; }
};

struct job_story {
  std::string id;
  const promise* promised = nullptr;
  std::vector<const change*> inserts;
  std::vector<const change*> drops;
  std::vector<const change*> deaths;
  /// In the order in which they were taken.
  std::vector<lease_story> leases;
};

/// One registration of a node.
struct node_story {
  int number = 0;
  /// Null when the registration belongs to no life that the driver started.
  const life* owner = nullptr;
};

/// A history, sorted by jobs and leases.
class story {
public:
  /// Keeps a reference.
  explicit story(const history& facts);

  const history& facts() const { return facts_; }
  const std::map<std::string, job_story>& jobs() const { return jobs_; }
  const std::map<std::int64_t, node_story>& nodes() const { return nodes_; }

  /// What handlers and nodes told of leases that were never given.
  const std::vector<const performance*>& stray_runs() const {
    return stray_runs_;
  }
  const std::vector<const claim*>& stray_claims() const {
    return stray_claims_;
  }

  /// Null when there is none of this name.
  const life* find_life(const std::string& name) const;

  /// A fault that could cost node `number` what it held between these moments;
  /// of several, one of its own before one of the server, then the latest.
  const fault* explain(int number, micros from, micros to) const;

  /// The same for a lease that was taken from its node.
  const fault* explain(const lease_story& lease) const;

  /// A fault for which a node could lose performer `performer` while it held
  /// this lease: one of the performer, of the link between the two, or of the
  /// node; of several, the latest.
  const fault* explain_loss(const lease_story& lease, int performer) const;

  /// The same for the performer that the error names; null when none was lost,
  /// or nothing explains it.
  const fault* explain_loss(const lease_story& lease) const;

  /// What took the lease from its node, or its performer from the node; null
  /// when neither was so, or nothing explains it.
  const fault* why_repeated(const lease_story& lease) const;

  /// Whether `late` began while the handler of `early` still ran, on a process
  /// that was there.
  bool at_once(const lease_story& early, const lease_story& late) const;

  /// Which node took it; null when nobody knows.
  const node_story* owner_of(const lease_story& lease) const;

  /// Its queue is left to performers.
  bool for_performers(const lease_story& lease) const;

private:
  void add(const change& one);
  lease_story* find_lease(const std::string& id, std::int64_t fence);

  const history& facts_;
  std::map<std::string, job_story> jobs_;
  std::map<std::int64_t, node_story> nodes_;
  std::unordered_map<std::string, const life*> lives_;
  std::vector<const performance*> stray_runs_;
  std::vector<const claim*> stray_claims_;
};

/// What a fault does may show so long after its end: back-off and deadlines of
/// connections.
inline constexpr micros aftermath = 10'000'000;

/// For a person: "c-12 (fence 7)".
std::string name_of(const lease_story& lease);

/// "performer-2" and "node-2" -> 2.
int number_of(const std::string& name);

} // namespace callboard::chaos
