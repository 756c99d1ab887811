#include "actors/keeper/keeper.hpp"

#include "actors/keeper/listener.hpp"
#include "actors/keeper/lookout.hpp"
#include "actors/storage/reconnect_pace.hpp"

#include <caf/actor_system.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace callboard::actors {

namespace {

// The poll interval serves meanwhile.
constexpr auto listener_pace = std::chrono::seconds{3};

// A grace that is longer is not worth a look of its own.
constexpr auto longest_turn = std::chrono::seconds{1};
constexpr auto moment = std::chrono::milliseconds{5};

/// Whether nothing has run since, and nothing does.
bool at_rest(const std::vector<node_queue>& before,
             const std::vector<node_queue>& now) {
  return std::equal(before.begin(), before.end(), now.begin(), now.end(),
                    [](const auto& a, const auto& b) {
                      return b.running == 0 && a.per_second_milli == 0
                             && a.queue == b.queue && a.running == b.running
                             && a.concurrency == b.concurrency
                             && a.performed == b.performed
                             && a.failed == b.failed;
                    });
}

// Of the queues that this node works on.
std::vector<node_queue> figures(const metrics_snapshot& now) {
  std::map<std::string, node_queue> queues;
  for (const auto& [name, x] : now.queues)
    if (x.own())
      queues[name] = {.queue = name,
                      .concurrency = static_cast<std::int32_t>(x.concurrency),
                      .running = static_cast<std::int32_t>(x.running)};
  for (const auto& [key, x] : now.types) {
    auto found = queues.find(key.first);
    if (found == queues.end())
      continue;
    auto& queue = found->second;
    queue.performed += static_cast<std::int64_t>(x.completed + x.rescheduled
                                                 + x.retried + x.dead);
    queue.failed += static_cast<std::int64_t>(x.retried + x.dead);
  }
  std::vector<node_queue> result;
  for (auto& [name, queue] : queues)
    result.push_back(std::move(queue));
  return result;
}

class keeper_state {
public:
  static constexpr const char* name = "keeper";

  explicit keeper_state(keeper_actor::stateful_pointer<keeper_state> self)
      : self_{self} {}

  void start(keeper_options options) {
    options_ = std::move(options);
    lookout_.emplace(options_.reclaim_interval);
    tell_if_alone();
    self_->set_down_handler([this](caf::down_msg& x) { listener_died(x); });
    self_->set_exit_handler([this](caf::exit_msg& x) {
      if (off_)
        off_->stop();
      self_->send_exit(listener_, caf::exit_reason::user_shutdown);
      listener_ = nullptr;
      options_.numbers->alone = false;
      self_->quit(x.reason);
    });
    counted_at_ = self_->clock().now();
    self_->send(self_, listen_atom_v);
    self_->send(self_, reclaim_atom_v);
    self_->delayed_send(self_, options_.heartbeat, heartbeat_atom_v);
  }

  // -- messages, in the order of actors.hpp -----------------------------------

  void heartbeat() {
    self_->delayed_send(self_, options_.heartbeat, heartbeat_atom_v);
    count_backlog();
    if (!beating_ && !may_skip_beat())
      beat(true);
  }

  void look_for_cancelled() {
    // The one that is under way may have looked already.
    look_again_ = beating_;
    if (!beating_)
      beat(false);
  }

  void reclaim() {
    // Jittered, so that nodes that started together don't look together.
    auto factor = 0.8 + 0.4 * options_.draw();
    auto next = std::chrono::duration_cast<duration>(options_.reclaim_interval
                                                     * factor);
    self_->delayed_send(self_, std::max(next, duration{1000}), reclaim_atom_v);
    if (lookout_->due(self_->clock().now()))
      look();
  }

  void look_again() {
    looking_again_ = false;
    look();
  }

  void joined() {
    lookout_->hears(true);
    tell_if_alone();
  }

  void listen() {
    auto now = self_->clock().now();
    // It waits for the connect itself.
    static_cast<void>(pace_.begin(now));
    pace_.connected(now);
    off_ = std::make_shared<listen_switch>();
    listener_
        = spawn_listener(self_->system(), {.db = options_.db,
                                           .supervisor = options_.supervisor,
                                           .keeper = self_,
                                           .off = off_,
                                           .numbers = options_.numbers,
                                           .log = options_.log,
                                           .mode = options_.mode});
    self_->monitor(listener_);
  }

private:
  void tell_if_alone() { options_.numbers->alone = lookout_->alone(); }

  void look() {
    if (std::exchange(reclaiming_, true))
      return;
    reclaim_rule rule{.silence = options_.silence_limit,
                      .max_crashes = options_.max_crashes,
                      .grace = reclaim_grace};
    self_->request(options_.store, caf::infinite, reclaim_call{rule, pause()})
        .then(
            [this](const reclaim_done& done) {
              reclaiming_ = false;
              complain(done.failure);
              if (done.failure)
                return;
              reclaimed(done.report);
              // The moment when somebody is dead is not the next turn's.
              if (done.report.missed > 0 && done.grace < longest_turn
                  && !std::exchange(looking_again_, true))
                self_->delayed_send(self_, done.grace + moment, check_atom_v);
            },
            [this](const caf::error&) { reclaiming_ = false; });
  }

  /// While there is nothing to tell, each second heartbeat is enough for the
  /// others, who wait for several; where no hints come it also asks what is to
  /// be cancelled.
  bool may_skip_beat() {
    skipped_ = !skipped_ && rest() > options_.heartbeat
               && at_rest(told_, figures(options_.numbers->peek()));
    return skipped_;
  }

  /// The longest time between two heartbeats.
  duration rest() const {
    auto seldom = 2 * options_.heartbeat;
    return lookout_->hears() && 2 * seldom <= options_.silence_limit
               ? seldom
               : options_.heartbeat;
  }

  /// The longest time until the next heartbeat or look.
  duration pause() const {
    return std::min(lookout_->pace().value_or(rest()), rest());
  }

  /// Out of turn, it tells the rates of its last turn.
  void beat(bool in_turn) {
    beating_ = true;
    lookout_->asked();
    heartbeat_call call{figures(options_.numbers->peek()), pause()};
    if (in_turn)
      rates(call.queues);
    else
      for (auto& queue : call.queues)
        queue.per_second_milli = rates_[queue.queue];
    told_ = call.queues;
    auto over = [this](const heartbeat_done& done) {
      beating_ = false;
      complain(done.failure);
      lookout_->told(done.report.standing);
      tell_if_alone();
      const auto& cancelled = done.report.cancelled;
      if (!cancelled.empty())
        self_->send(options_.supervisor, leases_cancelled{cancelled});
      if (std::exchange(look_again_, false))
        beat(false);
    };
    self_->request(options_.store, caf::infinite, std::move(call))
        .then([over](const heartbeat_done& done) { over(done); },
              [over](const caf::error&) { over({}); });
  }

  // -- dead nodes -------------------------------------------------------------

  void reclaimed(const reclaim_report& report) {
    if (report.freed == 0 && report.dead.empty())
      return;
    std::string nodes;
    for (const auto& node : report.nodes)
      nodes += (nodes.empty() ? "" : ", ") + node;
    event_batch events;
    events.events.push_back(
        event::reclaimed{report.freed + report.dead.size(), nodes});
    for (const auto& job : report.dead)
      events.events.push_back(event::settled{
          {job.id, job.queue, job.type, job.request_id, job.attempt, 0},
          duration{0},
          dead{job.last_error}});
    self_->send(options_.metrics, std::move(events));
    self_->send(options_.supervisor, wake_up{});
  }

  // -- figures ----------------------------------------------------------------

  void rates(std::vector<node_queue>& queues) {
    auto now = self_->clock().now();
    auto past = std::chrono::duration<double>(now - rated_at_).count();
    rated_at_ = now;
    for (auto& queue : queues) {
      auto before = std::exchange(performed_[queue.queue], queue.performed);
      if (past > 0)
        queue.per_second_milli = static_cast<std::int64_t>(
            static_cast<double>(queue.performed - before) * 1000 / past);
      rates_[queue.queue] = queue.per_second_milli;
    }
  }

  void count_backlog() {
    auto now = self_->clock().now();
    if (counting_ || now - counted_at_ < backlog_interval)
      return;
    counted_at_ = now;
    if (!options_.numbers->wanted())
      return;
    counting_ = true;
    self_->request(options_.store, caf::infinite, count_atom_v)
        .then(
            [this](const count_done& done) {
              counting_ = false;
              if (!done.failure)
                options_.numbers->backlog(done.queues);
            },
            [this](const caf::error&) { counting_ = false; });
  }

  // -- trouble ----------------------------------------------------------------

  /// The same trouble is told once; that the connection broke was told already.
  void complain(const std::optional<error>& failure) {
    auto code = failure ? std::optional{failure->code} : std::nullopt;
    if (std::exchange(trouble_, code) == code || !failure
        || *code == errc::database_unreachable
        || *code == errc::incarnation_lost)
      return;
    self_->send(options_.metrics,
                event_batch{{event::worker_failed{"", *failure}}});
  }

  void listener_died(const caf::down_msg& down) {
    listener_ = nullptr;
    lookout_->hears(false);
    tell_if_alone();
    if (!down.reason)
      return;
    auto rest = pace_.failed(self_->clock().now(), options_.draw());
    self_->delayed_send(self_, rest, listen_atom_v);
  }

  keeper_actor::stateful_pointer<keeper_state> self_;
  keeper_options options_;
  listener_actor listener_;
  std::shared_ptr<listen_switch> off_;
  std::map<std::string, std::int64_t> performed_;
  std::map<std::string, std::int64_t> rates_;
  std::optional<lookout> lookout_;
  /// What the last heartbeat told.
  std::vector<node_queue> told_;
  std::optional<errc> trouble_;
  std::chrono::steady_clock::time_point rated_at_{};
  std::chrono::steady_clock::time_point counted_at_{};
  reconnect_pace pace_{listener_pace};
  bool beating_ = false;
  /// The last turn of the heart was left out.
  bool skipped_ = false;
  bool look_again_ = false;
  bool reclaiming_ = false;
  /// A look is due at the end of the grace of somebody who is missed.
  bool looking_again_ = false;
  bool counting_ = false;
};

keeper_actor::behavior_type
keeper(keeper_actor::stateful_pointer<keeper_state> self,
       keeper_options options) {
  auto* state = &self->state;
  state->start(std::move(options));
  return {
      [state](heartbeat_atom) { state->heartbeat(); },
      [state](reclaim_atom) { state->reclaim(); },
      [state](check_atom) { state->look_again(); },
      [state](cancel_atom) { state->look_for_cancelled(); },
      [state](joined_atom) { state->joined(); },
      [state](listen_atom) { state->listen(); },
  };
}

} // namespace

keeper_actor spawn_keeper(caf::actor_system& sys, keeper_options options) {
  return sys.spawn(keeper, std::move(options));
}

} // namespace callboard::actors
