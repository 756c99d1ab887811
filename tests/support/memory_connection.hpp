#pragma once

#include "tests/support/memory_state.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace callboard::testing {

/// One connection to a memory database.
class memory_connection final : public job_store {
public:
  memory_connection(std::shared_ptr<memory_state> state, std::uint64_t number);
  ~memory_connection() override;

  // -- jobs in: memory_connection.cpp ----------------------------------------

  result<void> enqueue(const std::vector<new_job>& jobs) override;
  result<void> wake(const std::vector<std::string>& queues) override;

  // -- membership: memory_membership.cpp -------------------------------------

  result<incarnation> join(std::string_view name, std::string_view address,
                           std::optional<incarnation> previous) override;
  result<heartbeat_report>
  heartbeat(const std::vector<node_queue>& queues) override;
  result<void> leave() override;
  result<reclaim_report> reclaim(const reclaim_rule& rule) override;
  result<std::vector<node_info>> nodes() override;

  // -- jobs out: memory_leases.cpp, memory_settle.cpp ------------------------

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

  // -- for people: memory_inspect.cpp ----------------------------------------

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

  // -- the connection --------------------------------------------------------

  result<time_point> now() override;
  result<void> look() override;
  bool broken() const noexcept override;

private:
  using row = memory_state::row;

  /// Runs an operation unless a fault strikes, before or after it.
  template <class T, class F>
  result<T> perform(const operation& which, F work) {
    std::function<void(const operation&)> hook;
    {
      std::lock_guard lock{state_->mutex};
      hook = state_->hook;
    }
    if (hook)
      hook(which);
    std::lock_guard lock{state_->mutex};
    ++state_->calls[which];
    if (!state_->open.contains(connection_))
      return error{errc::database_unreachable,
                   "memory: the connection is dead"};
    auto struck = state_->draw_fault(which);
    if (!struck)
      return work();
    if (struck->after_the_work)
      (void)work();
    if (struck->breaks)
      state_->close_connection(connection_);
    return struck->why;
  }

  memory_state::node* member();
  /// Of this node: it did not join, or was declared dead.
  error lost() const;
  void unlock();
  void insert(const new_job& x);
  /// Empty when it lives, or may come back yet.
  const char* dead_because(memory_state::node& x, const reclaim_rule& rule,
                           reclaim_report& report);
  std::vector<row*> waiting(const std::string& queue, int state);
  std::vector<lease_batch>
  lease_all(incarnation node, const std::vector<lease_request>& requests);
  lease_batch lease_one(incarnation node, const lease_request& wish);
  bool take_some(incarnation node, const lease_request& wish, int state,
                 std::size_t limit, lease_batch& batch);
  void bury(row spent, lease_batch& batch);
  void next_due(const std::string& queue, int state, lease_batch& batch);
  /// It comes back, and is due then.
  void free(row& x, time_point run_at);
  void apply(row& x, const completed&);
  void apply(row& x, const retried& action);
  void apply(row& x, const callboard::dead& action);
  void apply(row& x, const rescheduled& action);
  cancel_answer cancel_one(const std::string& id);
  static job_info info(const memory_state::letter& x);
  std::vector<memory_state::letter*> matching(const dead_filter& filter);

  std::shared_ptr<memory_state> state_;
  std::uint64_t connection_;
  std::optional<incarnation> joined_;
};

} // namespace callboard::testing
