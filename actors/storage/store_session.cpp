#include "actors/storage/store_session.hpp"

#include "store/schedule/backoff.hpp"

#include <caf/actor_system.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <exception>
#include <memory>
#include <utility>

namespace callboard::actors {

namespace {

constexpr backoff between_connects{
    .shape = backoff::kind::exponential,
    .first = std::chrono::milliseconds{100},
    .limit = std::chrono::seconds{5},
    .jitter = 0.3,
};

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
    self_->send(self_, connect_atom_v);
  }

  // -- messages, in the order of actors.hpp -----------------------------------

  lease_done lease(const lease_call& call) {
    lease_done done;
    auto answer = perform([&](job_store& s) { return s.lease(call.requests); });
    if (answer)
      done.batches = std::move(*answer);
    else
      done.failure = answer.error();
    // Whatever the store did before the line went dead, we never heard of it.
    in_doubt_ = in_doubt_ || (!answer && !store_);
    rejoin_if_lost(done.failure);
    return done;
  }

  settle_done settle(const settle_call& call) {
    auto answer
        = perform([&](job_store& s) { return s.settle(call.outcomes); });
    if (answer)
      return {std::move(*answer), std::nullopt};
    return {{}, answer.error()};
  }

  call_done release(const release_call& call) {
    return without_value(
        perform([&](job_store& s) { return s.release(call.leases); }));
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
    if (answer)
      return {std::move(*answer), std::nullopt};
    rejoin_if_lost(answer.error());
    return {{}, answer.error()};
  }

  reclaim_done reclaim(const reclaim_call& call) {
    auto answer = perform([&](job_store& s) { return s.reclaim(call.rule); });
    if (answer)
      return {std::move(*answer), std::nullopt};
    return {{}, answer.error()};
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
    auto made = guarded([&] { return options_.db->connect(); });
    if (!made)
      return lost(made.error());
    store_ = std::move(*made);
    join();
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
    tries_ = std::min(tries_ + 1, 30);
    self_->delayed_send(self_, between_connects.after(tries_, options_.draw()),
                        connect_atom_v);
  }

  // -- membership -------------------------------------------------------------

  void join() {
    session_up up{options_.index, std::nullopt, std::nullopt};
    if (options_.node_name) {
      auto joined = guarded([&] { return join_store(up); });
      if (!joined)
        return lost(joined.error());
      node_ = *joined;
      up.node = node_;
      in_doubt_ = false;
    }
    tries_ = 0;
    self_->send(options_.owner, std::move(up));
  }

  result<incarnation> join_store(session_up& up) {
    auto joined = store_->join(*options_.node_name, "", node_);
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
    return store_->join(*options_.node_name, "", std::nullopt);
  }

  void rejoin_if_lost(const std::optional<error>& failure) {
    if (!store_ || !failure || failure->code != errc::incarnation_lost)
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
  int tries_ = 0;
};

session_actor::behavior_type
session(session_actor::stateful_pointer<session_state> self,
        session_options options) {
  auto* state = &self->state;
  state->start(std::move(options));
  return {
      [state](const lease_call& x) { return state->lease(x); },
      [state](const settle_call& x) { return state->settle(x); },
      [state](const start_call& x) { return state->start_jobs(x); },
      [state](const release_call& x) { return state->release(x); },
      [state](const heartbeat_call& x) { return state->heartbeat(x); },
      [state](const reclaim_call& x) { return state->reclaim(x); },
      [state](count_atom) { return state->count(); },
      [state](leave_atom) { return state->leave(); },
      [state](connect_atom) { state->connect(); },
  };
}

} // namespace

session_actor spawn_session(caf::actor_system& sys, session_options options) {
  auto mode = options.mode;
  return spawn_blocking(sys, mode, session, std::move(options));
}

} // namespace callboard::actors
