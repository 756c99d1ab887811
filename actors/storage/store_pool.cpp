#include "actors/storage/store_pool.hpp"

#include "actors/storage/store_pool_state.hpp"
#include "actors/storage/store_session.hpp"

#include <caf/actor_system.hpp>

#include <algorithm>
#include <utility>

namespace callboard::actors {

namespace {

/// Idle queues that are looked at in the same tick come within this time, and
/// one call serves them all.
constexpr auto gather_time = std::chrono::milliseconds{2};

store_pool_actor::behavior_type
store_pool(store_pool_actor::stateful_pointer<store_pool_state> self,
           store_pool_options options) {
  auto* state = &self->state;
  state->start(std::move(options));
  return {
      [state](const lease_wish& x) { state->wish(x); },
      [state](settle_wish& x) { state->settle(std::move(x.jobs)); },
      [state](release_wish& x) { state->release(x.leases, x.wait); },
      [state](const start_wish& x) { state->start_jobs(x); },
      [state](flush_atom) { return state->flush(); },
      [state](heartbeat_call& x) { return state->heartbeat(std::move(x)); },
      [self](const reclaim_call& x) {
        return self->delegate(self->state.leasing_session(), x);
      },
      [self](count_atom x) {
        return self->delegate(self->state.settling_session(), x);
      },
      [state](leave_atom) { return state->leave(); },
      [state](const session_up& x) { state->up(x); },
      [state](const session_down& x) { state->down(x); },
      [state](retry_atom) { state->retry(); },
      [state](gather_atom) { state->gathered(); },
  };
}

} // namespace

store_pool_actor spawn_store_pool(caf::actor_system& sys,
                                  store_pool_options options) {
  return sys.spawn(store_pool, std::move(options));
}

void store_pool_state::start(store_pool_options options) {
  options_ = std::move(options);
  self_->set_down_handler([this](caf::down_msg& x) { session_died(x); });
  self_->set_exit_handler([this](caf::exit_msg& x) {
    for (const auto& one : seats_)
      self_->send_exit(one.handle, caf::exit_reason::user_shutdown);
    seats_.clear();
    self_->quit(x.reason);
  });
  if (options_.db->single_writer()) {
    first_writer_ = 0;
    leases_.take_turns();
  }
  end_of_writers_
      = first_writer_ == 0 ? 1 : 1 + std::max(1U, options_.settle_connections);
  seats_.resize(end_of_writers_);
  for (std::size_t at = 0; at < seats_.size(); ++at)
    open(at);
}

// -- leasing ------------------------------------------------------------------

void store_pool_state::wish(const lease_wish& x) {
  std::vector<wisher> one{{self_->current_sender(), x}};
  if (lease_trouble_)
    return refuse(one, *lease_trouble_);
  wishes_.push_back(std::move(one.front()));
  if (!x.patient)
    return pump_leases();
  if (!std::exchange(gathering_, true))
    self_->delayed_send(self_, gather_time, gather_atom_v);
}

void store_pool_state::gathered() {
  gathering_ = false;
  leases_.ask_again();
  pump_leases();
}

void store_pool_state::pump_leases() {
  clear_up();
  // Outcomes that can't be written must not pile up.
  if (!seats_[0].up || outcomes_.congested())
    return;
  if (leases_.wants_second(wishes_))
    open_second();
  auto on = leases_.next(wishes_);
  if (on)
    send_leases(leases_.begin(*on, node_, std::exchange(wishes_, {})));
}

void store_pool_state::send_leases(lease_calls::number which) {
  const auto& it = leases_.at(which);
  auto second = it.on == lease_calls::line::second;
  lease_call call;
  if (second)
    call.node = it.node;
  for (const auto& one : it.wishers) {
    call.requests.push_back(one.wish.request);
    auto& request = call.requests.back();
    // Where no job can kill the node, a suspect needs not be the only one.
    request.suspects = request.suspects && (request.isolated || !suspect_);
    // What is on its last attempt has to wait for these.
    if (outcomes_.owes_last(outcomes_.mark()))
      request.start = 0;
  }
  self_
      ->request(seats_[second ? end_of_writers_ : 0].handle, caf::infinite,
                std::move(call))
      .then([this, which](lease_done& done) { leased(which, std::move(done)); },
            [this, which](const caf::error& why) {
              lease_done done;
              done.failure
                  = error{errc::internal, "the session that leases died: "
                                              + self_->system().render(why)};
              leased(which, std::move(done));
            });
}

void store_pool_state::leased(lease_calls::number which, lease_done done) {
  auto& call = leases_.at(which);
  if (!done.failure && done.batches.size() != call.wishers.size())
    done.failure
        = error{errc::internal,
                "the store answered " + std::to_string(done.batches.size())
                    + " batches to " + std::to_string(call.wishers.size())
                    + " lease requests"};
  if (done.failure && call.on == lease_calls::line::second) {
    if (done.failure->code == errc::unsupported)
      leases_.no_second();
    else
      leases_.second_failed();
    // The first one finds out what is wrong, if anything is.
    call.on = lease_calls::line::first;
    if (seats_[0].up)
      return send_leases(which);
  }
  leases_.answered(which, std::move(done), node_);
  std::vector<lease_calls::call> ready;
  while (auto next = leases_.take(node_))
    ready.push_back(std::move(*next));
  // Where one session does both, they take turns, and it is not to wait for
  // what follows here.
  pump_writes();
  for (auto& next : ready)
    hand_out(next);
  pump_leases();
}

void store_pool_state::hand_out(lease_calls::call& call) {
  auto& done = *call.answer;
  auto first = call.on == lease_calls::line::first;
  if (done.failure) {
    if (first && seats_[0].up && is_outage(done.failure->code)) {
      refused_ = true;
      link_down(link::leasing, *done.failure);
    }
    return refuse(call.wishers, *done.failure);
  }
  if (first) {
    leases_.first_worked();
    if (std::exchange(refused_, false))
      link_up(link::leasing);
  }
  keep_one_suspect(call.wishers, done.batches);
  for (std::size_t i = 0; i < call.wishers.size(); ++i)
    deliver(call.wishers[i],
            {std::make_shared<lease_batch>(std::move(done.batches[i])),
             std::nullopt});
}

void store_pool_state::keep_one_suspect(const std::vector<wisher>& wishers,
                                        std::vector<lease_batch>& batches) {
  for (std::size_t i = 0; i < batches.size(); ++i) {
    auto& batch = batches[i];
    if (wishers[i].wish.request.isolated || batch.jobs.empty()
        || !batch.jobs.front().suspect)
      continue;
    const auto& job = batch.jobs.front();
    if (!suspect_) {
      suspect_ = job.fence;
      continue;
    }
    // Several queues had one. The others wait for their turn.
    release({{job.value.id, job.fence}});
    batch = {};
  }
}

void store_pool_state::forget_lease(std::int64_t fence) {
  held_.erase(fence);
  if (suspect_ != fence)
    return;
  suspect_.reset();
  self_->send(options_.supervisor, wake_up{});
}

void store_pool_state::refuse(const std::vector<wisher>& wishers,
                              const error& why) {
  for (const auto& one : wishers)
    deliver(one, {std::make_shared<lease_batch>(), why});
}

void store_pool_state::deliver(const wisher& to, lease_answer answer) {
  for (const auto& job : answer.batch->jobs) {
    held_.insert(job.fence);
    last_fence_ = std::max(last_fence_, job.fence);
  }
  self_
      ->request(caf::actor_cast<poller_actor>(to.poller), caf::infinite, answer)
      .then([] {},
            [this, sent = answer.batch](const caf::error&) {
              // The poller is gone, and never saw them.
              std::vector<lease_ref> leases;
              for (const auto& job : sent->jobs)
                leases.push_back({job.value.id, job.fence});
              release(leases);
            });
}

} // namespace callboard::actors
