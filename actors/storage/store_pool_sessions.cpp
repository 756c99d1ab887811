#include "actors/storage/store_pool_state.hpp"
#include "actors/storage/store_session.hpp"

#include <caf/actor_system.hpp>

#include <algorithm>
#include <utility>

/// The part of the store pool that opens its sessions, hears of their
/// connections, and clears up what a broken one left behind.
namespace callboard::actors {

namespace {

/// Until the node asks again what it holds.
constexpr auto between_questions = std::chrono::milliseconds{100};

} // namespace

void store_pool_state::open(std::size_t at) {
  session_options options{
      .index = at,
      .db = options_.db,
      .owner = caf::actor_cast<store_pool_actor>(self_),
      .node_name = std::nullopt,
      .address = options_.address,
      .rhythm = options_.rhythm,
      .draw = options_.draw,
      .mode = options_.mode,
  };
  if (at == 0)
    options.node_name = options_.node_name;
  options.leases = at == 0 || at == end_of_writers_;
  seats_[at].handle = spawn_session(self_->system(), std::move(options));
  seats_[at].up = false;
  self_->monitor(seats_[at].handle);
}

void store_pool_state::open_second() {
  if (seats_.size() > end_of_writers_)
    return;
  seats_.emplace_back();
  open(end_of_writers_);
}

void store_pool_state::up(const session_up& x) {
  seats_[x.index].up = true;
  if (x.index == end_of_writers_)
    return leases_.second_up(true);
  if (x.index >= first_writer_ && failures_ == 0)
    link_up(link::settling);
  if (x.index != 0)
    return pump_writes();
  link_up(link::leasing);
  refused_ = false;
  if (node_ && node_ != x.node) {
    error why{errc::incarnation_lost,
              "this node was declared dead; its leases belong to others now, "
              "and it joined anew"};
    log(log_level::warning, why.message);
    tell_failure(why);
    held_.clear();
    suspect_.reset();
    tell_fenced(doubts_.refused());
    last_lost_fence_ = last_fence_;
    self_->send(options_.supervisor, leases_lost{last_fence_});
    leases_.certain();
  } else if (x.held && leases_.untold()) {
    // Some of them may be those that it is about to tell of.
    leases_.doubt();
  } else if (x.held) {
    // Leases whose answer was lost with the connection. Where there was a doubt
    // already, it may be about a lease that was given up after this was asked.
    release_unknown(*x.held);
    leases_.ask_again();
  }
  node_ = x.node;
  if (std::exchange(lease_trouble_, std::nullopt))
    self_->send(options_.supervisor, wake_up{});
  pump_writes();
  pump_leases();
}

void store_pool_state::down(const session_down& x) {
  seats_[x.index].up = false;
  // Without it leasing is slower, and that is all.
  if (x.index == end_of_writers_)
    return leases_.second_up(false);
  if (std::none_of(seats_.begin() + static_cast<std::ptrdiff_t>(first_writer_),
                   seats_.begin()
                       + static_cast<std::ptrdiff_t>(end_of_writers_),
                   [](const seat& one) { return one.up; }))
    link_down(link::settling, x.why);
  if (x.index != 0)
    return;
  link_down(link::leasing, x.why);
  lease_trouble_ = x.why;
  refuse(std::exchange(wishes_, {}), x.why);
}

void store_pool_state::session_died(const caf::down_msg& down) {
  for (std::size_t at = 0; at < seats_.size(); ++at) {
    if (seats_[at].handle.address() != down.source)
      continue;
    error why{errc::internal, "a database session died: "
                                  + self_->system().render(down.reason)};
    this->down({at, why});
    if (!restarts_.take(self_->clock().now()))
      return self_->quit(caf::sec::runtime_error);
    open(at);
  }
}

void store_pool_state::clear_up() {
  if (!seats_[0].up)
    return;
  auto question = leases_.question();
  if (!question)
    return;
  auto failed = [this, which = *question] {
    if (!leases_.is_question(which))
      return;
    leases_.not_answered();
    self_->delayed_send(self_, between_questions, gather_atom_v);
  };
  self_->request(leasing_session(), caf::infinite, held_call{})
      .then(
          [this, which = *question, failed](const held_done& done) {
            if (done.failure)
              return failed();
            if (!leases_.is_question(which))
              return;
            release_unknown(done.leases);
            leases_.certain();
            pump_leases();
          },
          [failed](const caf::error&) { failed(); });
}

void store_pool_state::release_unknown(const std::vector<lease_ref>& held) {
  for (const auto& lease : held)
    if (!held_.contains(lease.fence))
      releases_.push_back({.lease = lease, .unheard_of = true});
  pump_writes();
}

} // namespace callboard::actors
