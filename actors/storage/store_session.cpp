#include "actors/storage/store_session.hpp"

#include "actors/storage/reconnect_pace.hpp"

#include <caf/actor_system.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <exception>
#include <memory>
#include <utility>

namespace callboard::actors {

namespace {

// Between two tries to connect, at most. Work waits for the session that
// leases.
constexpr auto leasing_pace = std::chrono::seconds{1};
constexpr auto settling_pace = std::chrono::milliseconds{1500};

// How often to look whether the connection was closed.
constexpr auto look_interval = std::chrono::milliseconds{100};

// A statement of the session that joined must not keep it from its heartbeats
// until the node counts as dead. What the node holds can't be told as long as
// one of the other that leases lasts.
duration longest_statement(const session_options& options) {
  auto silence = options.rhythm.silence_limit;
  return options.leases
             ? std::max<duration>(silence / 3, std::chrono::seconds{1})
             : std::max<duration>(silence, std::chrono::seconds{5});
}

/// Calls the store; what it throws is a broken promise of it.
template <class F>
auto guarded(F&& call) -> decltype(call()) {
  try {
    return call();
  } catch (const std::exception& e) {
    return error{errc::internal,
                 std::string{"the store threw an exception: "} + e.what()};
  }
}

class session_state {
public:
  static constexpr const char* name = "session";

  explicit session_state(session_actor::stateful_pointer<session_state> self)
      : self_{self} {}

  void start(session_options options) {
    options_ = std::move(options);
    limit_ = longest_statement(options_);
    pace_.emplace(options_.node_name ? leasing_pace : settling_pace);
    patience_.emplace(options_.rhythm);
    self_->send(self_, connect_atom_v);
    self_->delayed_send(self_, look_interval, check_atom_v);
  }

  // -- messages, in the order of actors.hpp -----------------------------------

  lease_done lease(const lease_call& call) {
    lease_done done;
    auto answer = perform([&](job_store& s) {
      return call.node ? s.lease_for(*call.node, call.requests)
                       : s.lease(call.requests);
    });
    if (answer)
      done.batches = std::move(*answer);
    else
      done.failure = answer.error();
    // Whatever the store did before the line went dead, we never heard of it.
    in_doubt_ = in_doubt_ || (!answer && !store_);
    rejoin_if_lost(done.failure);
    return done;
  }

  held_done held() {
    auto answer = perform([](job_store& s) { return s.held(); });
    if (answer)
      return {std::move(*answer), std::nullopt};
    rejoin_if_lost(answer.error());
    return {{}, answer.error()};
  }

  settle_done settle(const settle_call& call) {
    auto answer
        = perform([&](job_store& s) { return s.settle(*call.outcomes); });
    if (answer)
      return {std::move(*answer), std::nullopt};
    return {{}, answer.error()};
  }

  call_done release(const release_call& call) {
    return without_value(perform(
        [&](job_store& s) { return s.release(call.leases, call.wait); }));
  }

  start_done start_jobs(const start_call& call) {
    auto answer = perform([&](job_store& s) { return s.start(call.leases); });
    if (answer)
      return {std::move(*answer), std::nullopt};
    return {{}, answer.error()};
  }

  heartbeat_done heartbeat(const heartbeat_call& call) {
    auto answer
        = perform([&](job_store& s) { return s.heartbeat(call.queues); });
    if (answer) {
      patience_->beat(now(), call.pause);
      return {std::move(*answer), std::nullopt};
    }
    rejoin_if_lost(answer.error());
    return {{}, answer.error()};
  }

  reclaim_done reclaim(const reclaim_call& call) {
    auto rule = call.rule;
    auto verdict = patience_->look(now(), call.pause);
    rule.grace = std::max(rule.grace, verdict.grace);
    rule.silence = std::max(rule.silence, verdict.silence);
    rule.watched = verdict.watched;
    auto answer = perform([&](job_store& s) { return s.reclaim(rule); });
    if (answer)
      return {std::move(*answer), rule.grace, std::nullopt};
    return {{}, rule.grace, answer.error()};
  }

  count_done count() {
    auto answer = perform([](job_store& s) { return s.counts(); });
    if (answer)
      return {std::move(*answer), std::nullopt};
    return {{}, answer.error()};
  }

  call_done leave() {
    auto done = without_value(perform([](job_store& s) { return s.leave(); }));
    store_.reset();
    left_ = true;
    return done;
  }

  void connect() {
    connecting_ = false;
    if (store_ || left_)
      return;
    auto most = pace_->begin(now());
    auto made = guarded([&] {
      return options_.db->connect_within({most, limit_});
    });
    if (!made)
      return lost(made.error());
    store_ = std::move(*made);
    join();
  }

  void look() {
    self_->delayed_send(self_, look_interval, check_atom_v);
    if (!store_)
      return;
    auto open = guarded([&] { return store_->look(); });
    if (!open)
      lost(open.error());
  }

private:
  template <class F>
  auto perform(F&& operation)
      -> decltype(operation(*std::declval<job_store*>())) {
    if (!store_)
      return why_;
    auto answer = guarded([&] { return operation(*store_); });
    if (!answer && store_->broken())
      lost(answer.error());
    return answer;
  }

  template <class T>
  static call_done without_value(const result<T>& answer) {
    return answer ? call_done{} : call_done{answer.error()};
  }

  /// No connection (any more): tells the owner, tries again in a while.
  void lost(error why) {
    store_.reset();
    why_ = std::move(why);
    self_->send(options_.owner, session_down{options_.index, why_});
    if (left_ || std::exchange(connecting_, true))
      return;
    auto rest = pace_->failed(now(), options_.draw());
    if (rest == duration{0})
      self_->send(self_, connect_atom_v);
    else
      self_->delayed_send(self_, rest, connect_atom_v);
  }

  std::chrono::steady_clock::time_point now() const {
    return self_->clock().now();
  }

  // -- membership -------------------------------------------------------------

  void join() {
    session_up up{options_.index, std::nullopt, std::nullopt};
    if (options_.node_name) {
      auto joined = guarded([&] { return join_store(up); });
      if (!joined)
        return not_joined(joined.error());
      auto age = guarded([&] { return store_->server_age(); });
      if (!age)
        return lost(age.error());
      patience_->joined(now(), node_.has_value() || joined_before_, *age);
      joined_before_ = true;
      waiting_since_.reset();
      node_ = *joined;
      up.node = node_;
      in_doubt_ = false;
    }
    pace_->connected(now());
    self_->send(options_.owner, std::move(up));
  }

  result<incarnation> join_store(session_up& up) {
    auto joined = store_->join(*options_.node_name, options_.address, node_);
    if (!joined || joined.value() != node_)
      return joined;
    // Went on as the same incarnation: which leases are ours?
    auto held = store_->held();
    if (held) {
      up.held = std::move(*held);
      return joined;
    }
    if (held.error().code != errc::unsupported)
      return held.error();
    if (!in_doubt_)
      return joined;
    // There may be leases that nobody knows of: a new incarnation frees them.
    if (auto left = store_->leave(); !left)
      return left.error();
    return store_->join(*options_.node_name, options_.address, std::nullopt);
  }

  /// The server may keep the lock of our former connection, and nobody says how
  /// long: a node that waits for it for ever does no work.
  void not_joined(error why) {
    if (node_ && why.code == errc::database_busy) {
      if (!waiting_since_)
        waiting_since_ = now();
      if (now() - *waiting_since_ > options_.rhythm.silence_limit)
        node_.reset();
    }
    lost(std::move(why));
  }

  void rejoin_if_lost(const std::optional<error>& failure) {
    if (!options_.node_name || !store_ || !failure
        || failure->code != errc::incarnation_lost)
      return;
    node_.reset();
    join();
  }

  session_actor::stateful_pointer<session_state> self_;
  session_options options_;
  std::unique_ptr<job_store> store_;
  error why_{errc::database_unreachable, "not connected to the database yet"};
  std::optional<incarnation> node_;
  bool in_doubt_ = false;
  bool connecting_ = false;
  bool left_ = false;
  bool joined_before_ = false;
  /// Since when the lock of our former connection can't be had.
  std::optional<std::chrono::steady_clock::time_point> waiting_since_;
  /// The longest that one statement may take.
  duration limit_{0};
  std::optional<reconnect_pace> pace_;
  std::optional<patience> patience_;
};

session_actor::behavior_type
session(session_actor::stateful_pointer<session_state> self,
        session_options options) {
  auto* state = &self->state;
  state->start(std::move(options));
  return {
      [state](const lease_call& x) { return state->lease(x); },
      [state](held_call) { return state->held(); },
      [state](const settle_call& x) { return state->settle(x); },
      [state](const start_call& x) { return state->start_jobs(x); },
      [state](const release_call& x) { return state->release(x); },
      [state](const heartbeat_call& x) { return state->heartbeat(x); },
      [state](const reclaim_call& x) { return state->reclaim(x); },
      [state](count_atom) { return state->count(); },
      [state](leave_atom) { return state->leave(); },
      [state](connect_atom) { state->connect(); },
      [state](check_atom) { state->look(); },
  };
}

} // namespace

session_actor spawn_session(caf::actor_system& sys, session_options options) {
  auto mode = options.mode;
  return spawn_blocking(sys, mode, session, std::move(options));
}

} // namespace callboard::actors
