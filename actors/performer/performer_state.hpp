#pragma once

#include "actors/cluster/wire/performer.hpp"
#include "actors/performer/performer_actor.hpp"
#include "actors/performer/shares.hpp"
#include "actors/pipeline/executor.hpp"
#include "actors/pipeline/stop_board.hpp"
#include "actors/pipeline/stop_signal.hpp"
#include "actors/poller/slots.hpp"
#include "actors/poller/timer.hpp"
#include "actors/supervisor/restart_budget.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace callboard::actors {

class performer_state {
public:
  static constexpr const char* name = "performer";

  explicit performer_state(
      performer_actor::stateful_pointer<performer_state> self)
      : self_{self} {}

  void start(performer_actor_options options);

  // -- messages, in the order of performer_actor ------------------------------

  void up(const link_up& x);
  void heard(const link_said& x);
  void down(const link_down& x);
  void finished(const performed& x);
  caf::result<drain_report> upgrade(const upgrade_call& call);
  caf::result<drain_report> close(const close_call& call);
  std::vector<queue_status> status() const;
  void check(std::uint64_t number);
  void offer_all();
  void deadline(std::uint64_t number);

private:
  using report_promise = caf::typed_response_promise<drain_report>;

  /// One queue of one upgrade.
  struct line {
    std::string queue;
    std::uint64_t generation = 0;
    std::shared_ptr<const executor> run;
    std::shared_ptr<stop_board> board = std::make_shared<stop_board>();
    slots table;
    std::map<slots::number, slot_actor> handles;
    /// How many jobs may run at once; less where handlers hang.
    std::size_t concurrency = 0;
    bool old = false;
    /// The upgrade that took the queue away; 0: it is there.
    std::uint64_t left_by = 0;
  };

  using line_ptr = std::shared_ptr<line>;

  /// A job in a slot.
  struct running {
    line_ptr where;
    slots::number slot = 0;
    chunk_ptr work;
    /// The link that it came by,
    link_id owner = 0;
    /// and where the answer goes: nowhere (0) when that is down.
    link_id from = 0;
    std::uint64_t call = 0;
    /// It was asked to stop; perhaps before it was on the board.
    stop_reason asked = stop_reason::none;
  };

  struct peer {
    link_actor link;
    std::string name;
    /// What it was offered last, and whether that still holds for it.
    std::map<std::string, std::size_t> offered;
    bool told = false;
  };

  struct hung_slot {
    std::string queue;
    std::string id;
    moment since{};
  };

  // -- jobs -------------------------------------------------------------------

  void begin(peer& from, link_id link, const wire::perform_v1& x);
  void refuse(peer& from, std::uint64_t call);
  void stop(link_id link, const wire::stop_v1& x);
  void ask(running& what, stop_reason why);
  /// The job is over, and its slot has been seen to. Nothing: it never began.
  void end(std::uint64_t number, std::optional<job_answer> result);
  void tell_started(const running& what);
  void tell(job_event what);
  void gauge(const std::string& queue);

  // -- slots ------------------------------------------------------------------

  void add_slot(const line_ptr& to);
  void retire(line& of, slots::number slot);
  void slot_died(const caf::down_msg& down);
  void give_up(const line_ptr& of, const stop_board::entry& hung, moment when);
  std::size_t count_hung(const std::string& queue) const;
  void watch(moment when);

  // -- offers -----------------------------------------------------------------

  void offer_to(link_id id, peer& to);
  void offer_soon();

  // -- ends -------------------------------------------------------------------

  void look_for_ends();
  /// The grace of an upgrade is over.
  void end_grace(std::uint64_t number);
  /// Asks the jobs of queues to stop that this upgrade took away and that did
  /// not come back; false when there are none.
  bool stop_left(std::uint64_t generation);
  drain_report unfinished(bool all) const;
  static std::string name_of(const running& what);
  void finish_close(drain_report report);

  moment now() const { return self_->clock().now(); }
  void log(log_level level, std::string text,
           std::vector<std::pair<std::string_view, std::string>> facts = {});

  performer_actor::stateful_pointer<performer_state> self_;
  performer_actor_options options_;
  shares shares_;
  /// Those of the newest upgrade, by queue; and older ones that still run.
  std::map<std::string, line_ptr> lines_;
  std::set<line_ptr> old_;
  std::map<link_id, peer> peers_;
  /// By the number of the chunk.
  std::map<std::uint64_t, running> running_;
  std::map<std::pair<link_id, std::uint64_t>, std::uint64_t> by_call_;
  std::map<caf::actor_addr, hung_slot> hung_;
  restart_budget restarts_{slot_restarts};
  timer check_;
  bool offering_ = false;
  std::uint64_t next_chunk_ = 1;
  std::uint64_t generation_ = 0;
  std::uint64_t next_deadline_ = 1;
  struct pending_upgrade {
    std::uint64_t generation = 0;
    report_promise answer;
    /// Its grace is over, and jobs were asked to stop.
    bool stopping = false;
  };

  std::map<std::uint64_t, pending_upgrade> upgrades_;

  enum class stage : std::uint8_t { open, draining, stopping, over };

  stage stage_ = stage::open;
  std::uint64_t close_deadline_ = 0;
  std::vector<report_promise> closers_;
};

} // namespace callboard::actors
