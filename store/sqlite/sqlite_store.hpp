#pragma once

#include "store/database.hpp"
#include "store/job_store.hpp"
#include "store/sql/settle_plan.hpp"
#include "store/sqlite/node_locks.hpp"
#include "store/sqlite/place.hpp"
#include "store/sqlite/rows.hpp"
#include "store/sqlite/sqlite_statements.hpp"

#include <soci/soci.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace callboard::store {

/// The durable queue in an SQLite file. Writers wait for their turn at the
/// place's gate; nothing that finds no work writes.
class sqlite_store final : public job_store {
public:
  sqlite_store(sqlite_place_ptr place, std::unique_ptr<soci::session> session,
               const database_options& options);

  // -- jobs in: sqlite_store.cpp ----------------------------------------------

  result<void> enqueue(const std::vector<new_job>& jobs) override;
  result<void> wake(const std::vector<std::string>& queues) override;
  result<bool>
  enqueue_and_wake(const std::vector<new_job>& jobs,
                   const std::vector<std::string>& queues) override;

  // -- membership: sqlite_membership.cpp, sqlite_reclaim.cpp ------------------

  result<incarnation> join(std::string_view name, std::string_view address,
                           std::optional<incarnation> previous) override;
  result<heartbeat_report>
  heartbeat(const std::vector<node_queue>& queues) override;
  result<void> leave() override;
  result<reclaim_report> reclaim(const reclaim_rule& rule) override;
  result<std::vector<node_info>> nodes() override;

  // -- jobs out: sqlite_leases.cpp, sqlite_settle.cpp -------------------------

  result<std::vector<lease_batch>>
  lease(const std::vector<lease_request>& requests) override;
  result<std::vector<lease_ref>> held() override;
  result<std::vector<bool>>
  start(const std::vector<lease_ref>& leases) override;
  result<settle_report>
  settle(const std::vector<settlement>& settlements) override;
  result<std::size_t> release(const std::vector<lease_ref>& leases,
                              duration wait) override;

  // -- for people: sqlite_inspect.cpp -----------------------------------------

  result<std::optional<job_info>> find(std::string_view id) override;
  result<std::vector<job_info>> list(const job_filter& filter,
                                     bool with_args) override;
  result<std::vector<queue_counts>> counts(std::int64_t cap) override;
  result<std::vector<cancel_answer>>
  cancel(const std::vector<std::string>& ids) override;
  result<std::vector<dead_letter>> dead_list(const dead_filter& filter,
                                             bool with_args) override;
  result<std::size_t> dead_retry(const dead_filter& filter) override;
  result<std::size_t> dead_purge(const dead_filter& filter) override;

  result<time_point> now() override;
  bool broken() const noexcept override { return broken_; }
  result<void> look() override;
  void give_up_at(std::optional<std::chrono::steady_clock::time_point>
                      end) noexcept override;

private:
  struct member {
    incarnation id = 0;
    std::unique_ptr<lock_file> lock;
  };
  struct dead_node {
    incarnation id = 0;
    std::string name;
    /// The last error of its jobs.
    std::string cause;
  };

  struct burial {
    long long row = 0;
    std::string error;
    long long new_crashes = 0;
    /// An attempt that is given back: 0 or 1.
    long long refund = 0;
  };

  template <class Work>
  auto guarded(Work work);
  template <class Work>
  auto written(Work work);
  long long micros() const;
  lock_file& bell();
  /// How long to wait for the turn to write.
  duration patience() const;

  void require_joined();
  std::optional<member> lock_node(incarnation id);
  std::vector<dead_node> find_dead_nodes(const reclaim_rule& rule,
                                         std::vector<incarnation>& unnoted,
                                         reclaim_report& report);
  /// Without `max_crashes` its end was no crash.
  void bury_node(const dead_node& node, std::optional<std::int32_t> max_crashes,
                 reclaim_report& report);

  std::optional<long long> first_due(const lease_request& request);
  lease_batch lease_one(const lease_request& request, long long now,
                        long long& fence);
  bool lease_suspect(const lease_request& request, long long now,
                     long long& fence, lease_batch& batch);
  /// Answers how many of at most `limit` there were; some may have gone to
  /// the dead letters.
  std::size_t lease_line(const lease_request& request, long long priority,
                         std::size_t limit, long long now, long long& fence,
                         lease_batch& batch);
  bool take(const lease_request& request, stored_job found, long long now,
            long long& fence, bool suspect, lease_batch& batch);
  void bury(const burial& what, long long now);
  bool settle_dead(const settle_item& item, long long now);
  bool reschedule(const settle_item& item, long long now);

  std::vector<dead_row> dead_rows(const dead_filter& filter, bool with_args);

  sqlite_place_ptr place_;
  database_options options_;
  std::unique_ptr<soci::session> session_;
  sqlite_statements sql_;
  std::optional<member> member_;
  std::optional<std::chrono::steady_clock::time_point> end_;
  bool broken_ = false;
  /// What wakes other processes; opened by the first wake-up.
  std::unique_ptr<lock_file> bell_;
};

} // namespace callboard::store
