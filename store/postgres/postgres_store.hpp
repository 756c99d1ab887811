#pragma once

#include "store/database.hpp"
#include "store/job_store.hpp"
#include "store/postgres/former_connections.hpp"
#include "store/postgres/guard.hpp"
#include "store/postgres/low_water.hpp"
#include "store/postgres/postgres_connection.hpp"
#include "store/sql/settle_plan.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace callboard::store {

/// Connects past a transaction pooler, to be done by then. Throws `failure`.
using own_session = std::function<std::unique_ptr<postgres_connection>(
    std::optional<std::chrono::steady_clock::time_point>)>;

/// The durable queue in PostgreSQL. The liveness lock is a session's advisory
/// lock: it goes with the connection that joined.
class postgres_store final : public job_store {
public:
  postgres_store(std::unique_ptr<postgres_connection> connection,
                 const database_options& options, former_connections_ptr former,
                 own_session past_pooler = {});
  ~postgres_store() override;

  // -- jobs in: postgres_store.cpp --------------------------------------------

  result<void> enqueue(const std::vector<new_job>& jobs) override;
  result<void> wake(const std::vector<std::string>& queues) override;
  result<bool>
  enqueue_and_wake(const std::vector<new_job>& jobs,
                   const std::vector<std::string>& queues) override;

  // -- membership: postgres_membership.cpp, postgres_reclaim.cpp --------------

  result<incarnation> join(std::string_view name, std::string_view address,
                           std::optional<incarnation> previous) override;
  result<heartbeat_report>
  heartbeat(const std::vector<node_queue>& queues) override;
  result<void> leave() override;
  result<reclaim_report> reclaim(const reclaim_rule& rule) override;
  result<std::vector<node_info>> nodes() override;

  // -- jobs out: postgres_leases.cpp, postgres_settle.cpp ---------------------

  result<std::vector<lease_batch>>
  lease(const std::vector<lease_request>& requests) override;
  result<std::vector<lease_batch>>
  lease_for(incarnation node,
            const std::vector<lease_request>& requests) override;
  result<std::vector<lease_ref>> held() override;
  result<std::vector<bool>>
  start(const std::vector<lease_ref>& leases) override;
  result<settle_report>
  settle(const std::vector<settlement>& settlements) override;
  result<std::size_t> release(const std::vector<lease_ref>& leases,
                              duration wait) override;

  // -- for people: postgres_inspect.cpp ---------------------------------------

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
  bool broken() const noexcept override { return connection_->broken(); }
  result<void> look() override;
  result<std::optional<duration>> server_age() override;
  void give_up_at(std::optional<std::chrono::steady_clock::time_point>
                      end) noexcept override {
    connection_->give_up_at(end);
  }

private:
  /// A node whose registration is gone, the last error of its jobs, and which
  /// version of the tables it knew.
  struct dead_node {
    incarnation id = 0;
    std::string cause;
    std::int64_t knows = 0;
  };

  bool insert(const char* sql, const parameters& jobs,
              const std::vector<std::string>& queues);

  template <class Work>
  auto guarded(Work work) {
    return postgres_guard(connection_->name(), std::move(work));
  }

  /// The test's clock, or NULL for the server's.
  std::optional<std::int64_t> clock() const;
  time_point database_now();

  bool lock(incarnation id);
  void joined(incarnation id);
  void free_for_older();
  bool rejoin(incarnation id, std::string_view name, std::string_view address);
  bool take_up(incarnation id, std::string_view name, std::string_view address,
               bool waiting);
  incarnation lock_new();
  std::vector<dead_node> delete_dead(const std::vector<std::int64_t>& ids,
                                     const reclaim_rule& rule,
                                     reclaim_report& report);
  /// Without `max_crashes` their end was no crash.
  void free_jobs(const std::vector<dead_node>& nodes,
                 std::optional<std::int32_t> max_crashes,
                 reclaim_report& report);

  void help(incarnation node);
  void lease_all(incarnation node, const std::vector<lease_request>& requests,
                 std::vector<lease_batch>& batches);
  void lease_round(incarnation node, const std::vector<lease_request>& requests,
                   const std::vector<std::size_t>& round,
                   std::vector<lease_batch>& batches);
  void lease_some(incarnation node, const std::vector<lease_request>& requests,
                  const std::vector<std::size_t>& round, bool with_hints,
                  std::vector<lease_batch>& batches,
                  std::vector<std::size_t>& again);

  void lock_leases(const settle_plan& plan);
  void settle_all(settle_plan& plan, settle_report& report);
  /// Leaves those of the items that were not accepted.
  template <class Values>
  void settle_kind(const char* sql, std::vector<settle_item>& items,
                   settle_report& report, Values values_of);

  /// Performs a statement, and again for what it did not write, as long as that
  /// may be because another transaction wrote the same rows meanwhile: the
  /// statement waited for it and locked what it left, which the next statement
  /// of the transaction sees. `pass` tells whether it wrote all.
  template <class Pass>
  void twice(Pass pass) {
    if (pass())
      return;
    if (connection_->in_transaction()) {
      pass();
      return;
    }
    try {
      postgres_transaction tx{*connection_};
      if (!pass())
        pass();
      tx.commit();
    } catch (const failure& what) {
      // What the first pass wrote is stored.
      throw failure{{errc::commit_unknown,
                     what.why().message
                         + "; whether all of the change was stored is"
                           " unknown"}};
    }
  }

  rows dead_rows(const dead_filter& filter, bool with_args);

  std::unique_ptr<postgres_connection> connection_;
  database_options options_;
  former_connections_ptr former_;
  /// Empty where the connection has a session of the server's.
  own_session past_pooler_;
  low_water hints_;
  std::optional<incarnation> member_;
  /// The node for which it leased last without being its member, and the
  /// server's process that did.
  std::optional<incarnation> helped_;
  std::optional<server_process> process_;
};

} // namespace callboard::store
