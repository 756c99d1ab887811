#include "actors/storage/store_pool_state.hpp"
#include "actors/storage/store_session.hpp"
#include "store/schedule/backoff.hpp"

#include <caf/actor_system.hpp>

#include <algorithm>
#include <map>
#include <utility>

/// The half of the store pool that looks at what the sessions answered.
namespace callboard::actors {

namespace {

constexpr backoff between_writes{
    .shape = backoff::kind::exponential,
    .first = std::chrono::milliseconds{100},
    .limit = std::chrono::seconds{2},
    .jitter = 0.3,
};

/// How soon a settled job is due again; nothing when it is over. A cron time
/// is the database's business: look at once, and it tells.
std::optional<duration> due_again(const settlement& x) {
  if (const auto* again = std::get_if<retried>(&x.action))
    return again->after;
  if (const auto* again = std::get_if<rescheduled>(&x.action)) {
    const auto* after = std::get_if<duration>(&again->next);
    return after ? *after : duration{0};
  }
  return std::nullopt;
}

} // namespace

void store_pool_state::settled(settle_queue::batch& sent,
                               const settle_report& report) {
  outcomes_.done(sent);
  writes_work();
  std::vector<finished_job> stored, fenced;
  stored.reserve(sent.size());
  std::map<std::string, duration> due;
  for (std::size_t i = 0; i < sent.size(); ++i) {
    auto& job = sent[i].job;
    forget_lease(job.outcome.fence);
    auto accepted = i < report.accepted.size() && report.accepted[i];
    // Those of an earlier incarnation can't be told from another's.
    auto doubtful
        = !accepted && sent[i].in_doubt && job.outcome.fence > last_lost_fence_;
    if (!accepted && !doubtful) {
      fenced.push_back(std::move(job));
      continue;
    }
    if (auto again = due_again(job.outcome)) {
      auto& soonest = due.try_emplace(job.facts.queue, *again).first->second;
      soonest = std::min(soonest, *again);
    }
    if (doubtful)
      doubts_.add(std::move(job));
    else
      stored.push_back(std::move(job));
  }
  tell_stored(std::move(stored));
  tell_fenced(std::move(fenced));
  for (const auto& [queue, after] : due)
    self_->send(options_.supervisor, wake_up{queue, after});
  pump_leases();
  pump_writes();
}

void store_pool_state::tell_stored(std::vector<finished_job> jobs) {
  if (jobs.empty())
    return;
  event_batch events;
  events.events.reserve(jobs.size());
  for (auto& job : jobs)
    events.events.push_back(event::settled{std::move(job.facts), job.took,
                                           std::move(job.outcome.action)});
  self_->send(options_.metrics, std::move(events));
}

void store_pool_state::tell_fenced(std::vector<finished_job> jobs) {
  if (jobs.empty())
    return;
  event_batch events;
  for (auto& job : jobs) {
    log(log_level::warning,
        "the outcome of job '" + job.facts.id + "' of queue '" + job.facts.queue
            + "' was fenced off: its lease (" + std::to_string(job.facts.fence)
            + ") is another's by now");
    events.events.push_back(event::fenced{std::move(job.facts)});
  }
  self_->send(options_.metrics, std::move(events));
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
    self_->delayed_send(self_, between_writes.first, gather_atom_v);
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

caf::result<heartbeat_done> store_pool_state::heartbeat(heartbeat_call call) {
  if (doubts_.empty())
    return self_->delegate(leasing_session(), std::move(call));
  auto promise = self_->make_response_promise<heartbeat_done>();
  self_->request(leasing_session(), caf::infinite, std::move(call))
      .then(
          [this, promise, mark = doubts_.mark()](heartbeat_done& done) mutable {
            if (!done.failure)
              tell_stored(doubts_.stored(mark));
            promise.deliver(std::move(done));
          },
          [promise](caf::error& why) mutable {
            promise.deliver(std::move(why));
          });
  return promise;
}

caf::result<call_done> store_pool_state::leave() {
  if (doubts_.empty())
    return self_->delegate(leasing_session(), leave_atom_v);
  auto promise = self_->make_response_promise<call_done>();
  auto next = [this, promise]() mutable {
    tell_fenced(doubts_.refused());
    promise.delegate(leasing_session(), leave_atom_v);
  };
  // The last chance to hear of them.
  self_->request(leasing_session(), caf::infinite, heartbeat_call{})
      .then(
          [this, next,
           mark = doubts_.mark()](const heartbeat_done& done) mutable {
            if (!done.failure)
              tell_stored(doubts_.stored(mark));
            next();
          },
          [next](const caf::error&) mutable { next(); });
  return promise;
}

void store_pool_state::started(const std::vector<starter>& sent,
                               const std::vector<bool>& ours) {
  std::map<caf::strong_actor_ptr, start_answer> answers;
  for (std::size_t i = 0; i < sent.size(); ++i) {
    auto& answer = answers[sent[i].poller];
    answer.leases.push_back(sent[i].lease);
    answer.ours.push_back(i < ours.size() && ours[i]);
    if (!answer.ours.back())
      forget_lease(sent[i].lease.fence);
  }
  for (auto& [poller, answer] : answers)
    self_->send(caf::actor_cast<poller_actor>(poller), std::move(answer));
}

void store_pool_state::writes_work() {
  if (std::exchange(failures_, 0) > 0)
    link_up(link::settling);
}

void store_pool_state::write_failed(std::size_t at, const error& why) {
  if (seats_[at].up) {
    // The connection is well, so the session will not tell of it.
    if (is_outage(why.code))
      link_down(link::settling, why);
    else
      tell_failure(why);
    resting_ = true;
    failures_ = std::min(failures_ + 1, 30);
    self_->delayed_send(self_, between_writes.after(failures_, options_.draw()),
                        retry_atom_v);
  }
  pump_writes();
}

// -- sessions -----------------------------------------------------------------

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
    // Leases whose answer was lost with the connection.
    release_unknown(*x.held);
    leases_.certain();
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

void store_pool_state::link_up(link which) {
  if (auto news = options_.numbers->database.up(which, self_->clock().now()))
    log(log_level::info, std::move(news->text));
}

void store_pool_state::link_down(link which, const error& why) {
  auto news = options_.numbers->database.down(which, why, self_->clock().now());
  if (news)
    tell_failure({why.code, std::move(news->text)});
}

void store_pool_state::tell_failure(const error& why) {
  self_->send(options_.metrics, event_batch{{event::worker_failed{"", why}}});
}

void store_pool_state::log(log_level level, std::string message) {
  if (options_.log)
    options_.log({level, std::move(message), {}});
}

} // namespace callboard::actors
