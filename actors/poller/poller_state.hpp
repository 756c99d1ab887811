#pragma once

#include "actors/poller/demand.hpp"
#include "actors/poller/poller.hpp"
#include "actors/poller/rhythm.hpp"
#include "actors/poller/timer.hpp"
#include "actors/supervisor/restart_budget.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace callboard::actors {

class poller_state {
public:
  static constexpr const char* name = "poller";

  explicit poller_state(poller_actor::stateful_pointer<poller_state> self)
      : self_{self} {}

  void start(poller_options options);

  // -- messages, in the order of actors.hpp -----------------------------------

  void granted(std::size_t credits);
  void limit(std::size_t most);
  void adopt(std::vector<leased_job>& jobs);
  void drain();
  void wake(duration after);
  void lose(std::int64_t last_fence);
  void cancel(const std::vector<lease_ref>& leases);
  void hush(bool on);
  void let_start(std::int64_t suspect);
  void leased(lease_answer& answer);
  void recorded(const start_answer& answer);
  void finished(const performed& what);
  void alarm(std::uint64_t number);
  void check(std::uint64_t number);

private:
  // -- giving work out --------------------------------------------------------

  /// Gives buffered jobs to idle slots, then leases what there is room for.
  void pump();
  void fill_slots();
  void lease_more();
  void set_alarm(moment when, bool tick);
  void record(std::vector<lease_ref> leases);

  // -- taking results in ------------------------------------------------------

  void harvest(chunk& work);
  void tell_started(chunk& work, std::size_t i);
  /// The slot of a busy slot died: nothing of its chunk is lost.
  void salvage(chunk& work, const std::string& reason);
  void take_back_waiting(chunk& work);
  /// Hands all of the buffer back to the store but what has to stay here.
  void release_buffer();

  // -- slots ------------------------------------------------------------------

  void add_slot();
  void retire(slots::number slot);
  void retire_idle();
  /// Gives back credits beyond the limit, as far as slots are idle.
  void shed();
  void slot_died(const caf::down_msg& down);
  /// The credit of a slot that is gone: for a new one, or back.
  void replace_slot();

  // -- looking after busy slots -----------------------------------------------

  /// Whether somebody has to look at the slot again in a moment. What has to be
  /// recorded is added to `late`.
  bool look_after(slots::busy_slot& slot, moment now,
                  std::vector<lease_ref>& late);
  void release_stalled(moment now);
  void watch_deadlines(moment now);
  /// The handler of this lease did not end: its job is settled without it, its
  /// slot replaced.
  void give_up(const stop_board::entry& hung, moment now);
  void arm_check(moment when);

  // -- suspects ---------------------------------------------------------------

  void announce_suspect();
  void end_suspect();
  bool holds(std::int64_t fence) const;
  /// Whether a job of the slot could die with the node.
  bool loud(const chunk& work) const;
  void tell_hushed();

  // -- draining ---------------------------------------------------------------

  void hand_up();
  void quit_when_done();

  // -- telling ----------------------------------------------------------------

  static job_facts facts_of(const leased_job& work);
  static job_facts facts_of(leased_job&& work);
  void tell(job_event event);
  void flush_events();
  void failed(const error& why);
  void gauge();

  moment now() const { return self_->clock().now(); }
  const std::string& queue() const { return options_.run->config().queue; }

  poller_actor::stateful_pointer<poller_state> self_;
  poller_options options_;
  demand demand_;
  std::optional<rhythm> rhythm_;
  restart_budget restarts_{slot_restarts};
  timer alarm_;
  /// The alarm is set to a tick.
  bool ticking_ = false;
  /// The next wish comes with a tick, as those of other idle queues do.
  bool patient_ = false;
  /// The wish that is under way did.
  bool waiting_ = false;
  timer check_;
  std::vector<job_event> events_;
  bool draining_ = false;
  /// Its jobs run in other processes: neither suspects nor hush concern it.
  bool isolated_ = false;
  bool hushed_ = false;
  bool told_hushed_ = false;
  /// The suspect that the supervisor was told of; the one that may start.
  std::optional<std::int64_t> suspect_;
  std::optional<std::int64_t> alone_;
  /// When a job was given or ended last.
  moment progress_{};
  struct asking {
    std::size_t jobs;
    moment at;
  };

  /// The `lease_wish`es that have not been answered, oldest first.
  std::deque<asking> asked_;
  moment answered_at_{};
  /// The last answer was as large as it could be.
  bool flowing_ = false;
  /// The queue may have due jobs.
  bool hungry_ = true;
  /// Woken while a lease was on its way, which may have been too early.
  bool woken_ = false;
};

} // namespace callboard::actors
