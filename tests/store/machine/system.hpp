#pragma once

#include "tests/store/machine/subject.hpp"
#include "tests/support/backends.hpp"

#include <soci/soci.h>

#include <array>
#include <map>
#include <memory>

namespace callboard::machine {

/// A real store under steps, on an emptied database. Checks by itself what
/// needs no model, and throws when it does not hold: fences grow, a lease is
/// accepted once, no job vanishes, on PostgreSQL no lease does.
class system final : public subject {
public:
  system(test::backend& place, database& db);

  answer perform(const step& x) override;
  std::string state() override;

private:
  struct process {
    std::unique_ptr<job_store> store;
    incarnation self = 0;
    /// That it has joined and not left, by its own knowledge.
    bool joined = false;
  };

  answer lease(const step& x);
  std::string settle(const step& x);
  std::string heartbeat(const step& x);
  std::string list_held(const step& x);
  void crash(process& who);
  bool registered(incarnation self);
  std::string join(const step& x);
  std::vector<lease_ref> refs(const step& x) const;
  std::vector<std::size_t> numbers(const std::vector<lease_ref>& leases) const;
  std::size_t number(const std::string& id, std::int64_t fence) const;
  seen_job see(const job_info& x) const;
  std::vector<job_info> dead_jobs();
  process& of(const step& x);
  /// The step's process, or somebody else when that is gone.
  job_store& any(const step& x);

  test::backend& place_;
  database& db_;
  time_point base_;
  std::unique_ptr<job_store> people_;
  /// Of the database itself, where there is more to look at.
  std::unique_ptr<soci::session> session_;
  std::array<process, node_count> processes_;
  std::vector<lease_ref> given_;
  std::vector<bool> settled_;
  std::int64_t entered_ = 0;
  std::int64_t left_ = 0;
};

} // namespace callboard::machine
