#pragma once

#include "actors/pipeline/observer.hpp"
#include "store/job_store.hpp"
#include "tests/actors/simulation/script.hpp"
#include "tests/support/memory_store.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace callboard::simulation {

/// Names one start of one process.
using process_number = std::size_t;

/// The books of a simulation, kept outside of the system: what the store did,
/// what handlers did, what observers were told. Each entry is checked against
/// the others; the first that does not fit is the `violation`.
class ledger {
public:
  /// What became of a lease, by the store's word.
  enum class lease_end : std::uint8_t { none, settled, released, freed };

  ledger(const testing::memory_database& db, const duration& now)
      : db_{db}, now_{now} {}

  // -- the log ----------------------------------------------------------------

  /// Whether `note` keeps lines; costs time.
  bool recording = false;
  /// The newest so many.
  std::size_t kept_lines = 400;
  void note(std::string line);
  const std::deque<std::string>& lines() const { return lines_; }

  void violated(const std::string& what);
  const std::optional<std::string>& violation() const { return violation_; }

  // -- processes --------------------------------------------------------------

  /// From now on others may rightly declare it dead.
  void give_cause(process_number who) { causes_.insert(who); }
  /// It was killed, or ended: it has nothing to tell any more.
  void gone(process_number who) { gone_.insert(who); }
  /// Some of its slots (or handler actors) were killed.
  void hurt(process_number who) { hurt_.insert(who); }
  bool was_hurt(process_number who) const { return hurt_.contains(who); }
  void allow(process_number who, const std::string& queue, std::size_t most);

  // -- what the store did -----------------------------------------------------

  void enqueued(const new_job& job);
  void leased(process_number by, const lease_batch& batch);
  void settled(process_number by, const settlement& what, bool accepted);
  void doubtful(const settlement& what);
  void released(const lease_ref& lease);
  /// Some leases may have been freed: looks which.
  void look_for_freed();
  void buried(const job& what, const std::string& cause);
  void removed(const std::string& id);
  /// It runs, and is to be cancelled.
  void asked(const std::string& id);

  // -- what handlers did ------------------------------------------------------

  /// A handler begins; answers what it shall do.
  deed started(process_number by, const job& work, std::int64_t fence,
               duration deadline);
  void ended(process_number by, std::int64_t fence, deed::verb how);
  /// It will never end: its slot or its actor died under it.
  void lost(std::int64_t fence);

  // -- what observers were told -----------------------------------------------

  void told_started(process_number by, const job_facts& facts);
  void told_end(process_number by, const job_facts& facts, bool accepted);

  // -- questions --------------------------------------------------------------

  /// Whether handlers run, also those that were given up.
  bool performs(process_number who) const;
  bool knows(const std::string& id) const { return jobs_.contains(id); }
  std::size_t enqueued_count() const { return jobs_.size(); }
  std::size_t starts() const { return starts_; }
  /// Called when nothing runs any more: all must have ended.
  void check_end();

private:
  struct lease {
    std::string id;
    std::string queue;
    process_number owner = 0;
    std::int32_t attempt = 0;
    lease_end end = lease_end::none;
    bool given_back = false;
    bool doubtful = false;
    bool started = false;
    bool over = false;
    bool lost = false;
    bool abandoned = false;
    deed::verb answer = deed::verb::complete;
    duration deadline = duration::max();
    bool told_started = false;
    bool told_end = false;
  };

  struct entry {
    new_job job;
    std::vector<std::int64_t> fences;
    /// The first of them whose attempt counts: it was rescheduled before.
    std::size_t counted_from = 0;
    std::size_t starts = 0;
    std::size_t deaths = 0;
    bool cancelled = false;
    std::optional<std::string> fate;
  };

  lease* find(std::int64_t fence, const char* what);
  void explain_death(const entry& of, const lease* last,
                     const std::string& error);
  void explain_retry(std::int64_t fence, const lease& x,
                     const std::string& error);
  bool loose(const lease& x) const;
  std::size_t running(process_number who, const std::string& queue) const;
  std::string about(std::int64_t fence, const lease& x) const;

  const testing::memory_database& db_;
  const duration& now_;
  std::map<std::int64_t, lease> leases_;
  std::set<std::int64_t> held_;
  std::map<std::string, entry> jobs_;
  std::map<std::pair<process_number, std::string>, std::size_t> allowed_;
  std::map<process_number, std::set<std::int64_t>> running_;
  std::set<process_number> causes_;
  std::set<process_number> gone_;
  std::set<process_number> hurt_;
  std::size_t starts_ = 0;
  std::deque<std::string> lines_;
  std::optional<std::string> violation_;
};

/// How many attempts the workers of a queue give a job; 0: no end.
std::int32_t attempts_of(const std::string& queue);

} // namespace callboard::simulation
