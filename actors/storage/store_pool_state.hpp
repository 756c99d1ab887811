#pragma once

#include "actors/storage/doubts.hpp"
#include "actors/storage/lease_calls.hpp"
#include "actors/storage/settle_queue.hpp"
#include "actors/storage/store_pool.hpp"
#include "actors/supervisor/restart_budget.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <unordered_set>
#include <vector>

namespace callboard::actors {

class store_pool_state {
public:
  static constexpr const char* name = "store-pool";

  explicit store_pool_state(
      store_pool_actor::stateful_pointer<store_pool_state> self)
      : self_{self} {}

  void start(store_pool_options options);

  // -- messages, in the order of actors.hpp -----------------------------------

  void wish(const lease_wish& x);
  void settle(std::vector<finished_job> jobs);
  void release(const std::vector<lease_ref>& leases,
               duration wait = duration{0});
  void start_jobs(const start_wish& x);
  caf::result<bool> flush();
  caf::result<heartbeat_done> heartbeat(heartbeat_call call);
  const session_actor& leasing_session() const { return seats_[0].handle; }
  const session_actor& settling_session() const {
    return seats_[first_writer_].handle;
  }
  caf::result<call_done> leave();
  void up(const session_up& x);
  void down(const session_down& x);
  void retry();
  void gathered();

private:
  struct seat {
    session_actor handle;
    bool up = false;
    bool busy = false;
  };

  /// A poller and a job that it wants to start, after the outcomes of last
  /// attempts that were there at `mark`.
  struct starter {
    caf::strong_actor_ptr poller;
    lease_ref lease;
    std::uint64_t mark = 0;
  };

  // -- leasing ----------------------------------------------------------------

  void pump_leases();
  void send_leases(lease_calls::number which);
  void leased(lease_calls::number which, lease_done done);
  void hand_out(lease_calls::call& call);
  void refuse(const std::vector<wisher>& wishers, const error& why);
  void deliver(const wisher& to, lease_answer answer);
  void keep_one_suspect(const std::vector<wisher>& wishers,
                        std::vector<lease_batch>& batches);
  void forget_lease(std::int64_t fence);

  // -- writing ----------------------------------------------------------------

  void pump_writes();
  bool can_write(std::size_t at) const;
  void send_outcomes(std::size_t at);
  void send_releases(std::size_t at);
  bool may_start(const starter& one) const;
  void send_starts(std::size_t at);
  void started(const std::vector<starter>& sent, const std::vector<bool>& ours);
  void settled(settle_queue::batch& sent, const settle_report& report);
  void tell_stored(std::vector<finished_job> jobs);
  void tell_fenced(std::vector<finished_job> jobs);
  void writes_work();
  void write_failed(std::size_t at, const error& why);
  void answer_flushes();

  // -- sessions ---------------------------------------------------------------

  void open(std::size_t at);
  void open_second();
  void session_died(const caf::down_msg& down);
  /// The node may hold leases that it has not heard of.
  void clear_up();
  void release_unknown(const std::vector<lease_ref>& held);
  void link_up(link which);
  void link_down(link which, const error& why);
  void tell_failure(const error& why);
  void log(log_level level, std::string message);

  store_pool_actor::stateful_pointer<store_pool_state> self_;
  store_pool_options options_;
  /// The first one leases; then come those that write; the last one, once there
  /// was a rush, leases, too.
  std::vector<seat> seats_;
  std::size_t first_writer_ = 1;
  std::size_t end_of_writers_ = 2;
  restart_budget restarts_{session_restarts};

  std::vector<wisher> wishes_;
  lease_calls leases_;
  /// Patient wishes wait for others.
  bool gathering_ = false;
  /// Why there is no session to lease from; while it connects for the first
  /// time, wishes wait.
  std::optional<error> lease_trouble_;
  /// The connection is well, but the database refused the last lease.
  bool refused_ = false;
  /// The fences of leases that this node holds, as far as it knows.
  std::unordered_set<std::int64_t> held_;
  std::int64_t last_fence_ = 0;
  /// The last one of the incarnation before, which was declared dead.
  std::int64_t last_lost_fence_ = 0;
  /// The fence of the suspect that this node performs: one at a time, whatever
  /// its queue, or an innocent one would be there again when a poisonous one
  /// kills the node.
  std::optional<std::int64_t> suspect_;
  std::optional<incarnation> node_;

  settle_queue outcomes_;
  doubts doubts_;
  std::deque<starter> starts_;
  struct hand_back {
    lease_ref lease;
    duration wait{0};
    /// No poller knows that it is due again.
    bool unheard_of = false;
  };

  std::deque<hand_back> releases_;
  std::size_t releasing_ = 0;
  bool resting_ = false;
  int failures_ = 0;
  std::vector<caf::typed_response_promise<bool>> flushes_;
};

} // namespace callboard::actors
