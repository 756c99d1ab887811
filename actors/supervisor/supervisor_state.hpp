#pragma once

#include "actors/pipeline/executor.hpp"
#include "actors/pipeline/stop_board.hpp"
#include "actors/poller/poller.hpp"
#include "actors/supervisor/credits.hpp"
#include "actors/supervisor/quiet_time.hpp"
#include "actors/supervisor/restart_budget.hpp"
#include "actors/supervisor/supervisor.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace callboard::actors {

class supervisor_state {
public:
  static constexpr const char* name = "supervisor";

  explicit supervisor_state(
      supervisor_actor::stateful_pointer<supervisor_state> self)
      : self_{self} {}

  void start(supervisor_options options);

  // -- messages, in the order of actors.hpp -----------------------------------

  caf::result<drain_report> upgrade(const upgrade_call& call);
  caf::result<drain_report> close(const close_call& call);
  std::vector<queue_status> status() const;
  void credits_returned(const credits_back& x);
  void pass_on(handover& x);
  void hung(const slot_hung& x);
  void suspect(const suspect_found& x);
  void quiet(const hushed& x);
  void suspect_ended(const suspect_over& x);
  void offered(const slots_offered& x);
  void wake(const wake_up& x);
  void lose(const leases_lost& x);
  void cancel(const leases_cancelled& x);
  void look_for_cancelled();
  void deadline(std::uint64_t number);

private:
  using promise = caf::typed_response_promise<drain_report>;

  /// One living poller.
  struct member {
    poller_actor handle;
    std::string queue;
    std::uint64_t generation = 0;
    std::shared_ptr<const executor> run;
    std::shared_ptr<stop_board> board;
    std::shared_ptr<poller_book> book;
    std::shared_ptr<queue_load> load;
    bool draining = false;
    /// The upgrade that took its queue away; 0: it is there.
    std::uint64_t left_by = 0;

    bool isolated() const { return run->config().handle.isolated(); }
  };

  /// One queue of the newest upgrade.
  struct queue_line {
    int concurrency = 0;
    /// Performers offer its slots.
    bool remote = false;
    std::uint64_t generation = 0;
    bool stopped = false;
    std::shared_ptr<queue_load> load = std::make_shared<queue_load>();
    restart_budget restarts{poller_restarts};
  };

  /// A slot that was given up and whose handler still runs.
  struct hung_slot {
    std::string queue;
    std::string id;
    std::chrono::steady_clock::time_point since;
  };

  /// An upgrade whose old generations still run.
  struct pending_upgrade {
    std::uint64_t generation = 0;
    promise answer;
    /// Its grace is over, and jobs were asked to stop.
    bool stopping = false;
  };

  // -- pollers ----------------------------------------------------------------

  poller_id spawn(member what);
  void drain(member& who);
  void grant_credits(const std::string& queue);
  /// Of a queue that comes: jobs may run still from when it was here before.
  std::shared_ptr<queue_load> load_of(const std::string& queue) const;
  /// How many slots a queue may have now.
  int allowed(const std::string& queue, const queue_line& line) const;
  void adopt(const std::string& queue,
             std::shared_ptr<std::vector<leased_job>> jobs);
  void give_back(const std::vector<leased_job>& jobs);
  /// Those among them will not be performed here.
  void end_suspects(const std::vector<leased_job>& jobs);
  void member_died(const caf::down_msg& down);
  void restart(poller_id id, member dead);
  void give_up(poller_id id, member dead);
  /// Whether the down message was of a slot that hung.
  bool came_back(const caf::down_msg& down);
  std::size_t count_hung(const std::string& queue) const;
  void stop_queue(const std::string& queue, const std::string& why);

  // -- suspects ---------------------------------------------------------------

  void follow(quiet_time::step next);
  void hush_all(bool on);
  void await_quiet_deadline();

  // -- ends -------------------------------------------------------------------

  void answer_upgrades();
  /// Which pollers have lost their queue by this upgrade.
  void note_left(std::uint64_t generation);
  /// The grace of an upgrade is over.
  void end_grace(std::uint64_t number);
  /// Asks the jobs of queues to stop that this upgrade took away and that did
  /// not come back; false when no poller of such a queue lives.
  bool stop_left(std::uint64_t generation);
  drain_report unfinished(std::uint64_t below) const;
  /// Names what runs.
  static void add_jobs(const member& who, std::vector<std::string>& to);
  /// Logs which jobs of those before still run, if any does.
  void tell_old_jobs(std::uint64_t generation) const;
  void stop_everybody();
  void finish_close();
  void leave();
  void flush_metrics();
  void answer_close();
  void give_up_close();
  void shut_down();
  void fail_node(const error& why);

  supervisor_actor::stateful_pointer<supervisor_state> self_;
  supervisor_options options_;
  metrics_actor metrics_;
  store_pool_actor store_;
  keeper_actor keeper_;
  /// From when the pollers count ticks.
  moment ticks_{};

  credits credits_;
  std::map<poller_id, member> members_;
  std::map<std::string, queue_line> lines_;
  /// Slots of performers.
  std::map<std::string, std::size_t> offered_;
  std::map<caf::actor_addr, hung_slot> hung_;
  quiet_time quiet_;
  std::uint64_t quiet_deadline_ = 0;
  /// Leases up to this fence are lost. Jobs that were on their way between
  /// pollers when the pollers heard of it are among them.
  std::int64_t lost_ = 0;
  poller_id next_id_ = 1;
  std::uint64_t generation_ = 0;

  std::map<std::uint64_t, pending_upgrade> upgrades_;
  std::uint64_t next_deadline_ = 1;

  /// A close goes through these in order.
  enum class stage : std::uint8_t { open, draining, stopping, flushing, over };

  stage stage_ = stage::open;
  std::uint64_t close_deadline_ = 0;
  std::vector<promise> closers_;
  drain_report last_report_;
};

} // namespace callboard::actors
