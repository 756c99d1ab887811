#pragma once

#include "tests/store/machine/subject.hpp"

#include <array>
#include <cstddef>
#include <map>

namespace callboard::machine {

/// What store/job_store.hpp says, in the plainest form: the reference for all
/// stores. Shares no code with them.
class model final : public subject {
public:
  model();

  answer perform(const step& x) override;
  std::string state() override;

private:
  enum class place : std::uint8_t { free, leased, suspect };

  struct stored {
    seen_job seen;
    place where = place::free;
    int holder = 0;
    bool recorded = false;
    bool isolated = false;
  };

  struct registered {
    std::string name;
    bool locked = true;
    duration seen_at{0};
    std::optional<duration> missed_at;
  };

  /// One of the processes of the sequence.
  struct process {
    bool connected = true;
    bool joined = true;
    int incarnation = 0;
  };

  struct given {
    std::string id;
    std::size_t number = 0;
  };

  std::string enqueue(const step& x);
  answer lease(const step& x);
  std::vector<stored*> due(const lease_request& wish, place where);
  bool spent(const stored& x) const;
  void give(stored& x, const lease_request& wish, int node, lease_batch& batch);
  void bury(stored& x, std::string error, int crashes);
  void come_back(stored& x, duration run_at);
  stored* held(std::size_t number);
  std::string settle(const step& x);
  bool settle_one(std::size_t number, const settlement& how);
  std::string start(const step& x);
  std::string release(const step& x);
  std::string heartbeat(const step& x);
  std::string list_held(const step& x);
  std::string join(const step& x);
  std::string reclaim(const step& x);
  const char* dead_because(registered& x, const reclaim_rule& rule,
                           reclaim_report& report) const;
  void free_leases(int incarnation, const std::string& cause,
                   std::optional<int> max_crashes, reclaim_report& report);
  std::string cancel(const step& x);
  std::string revive(const step& x);
  std::string purge(const step& x);
  bool matches(const seen_job& x, const dead_filter& filter) const;
  process& of(const step& x);
  bool member(const process& x) const;
  void enter(const step& x);
  job_state state_of(const stored& x) const;

  duration now_{0};
  std::map<std::string, stored> jobs_;
  std::vector<seen_job> dead_;
  std::map<int, registered> nodes_;
  std::array<process, node_count> processes_;
  std::vector<given> given_;
  int last_incarnation_ = 0;
};

} // namespace callboard::machine
