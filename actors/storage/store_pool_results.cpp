#include "actors/storage/store_pool_state.hpp"
#include "store/schedule/backoff.hpp"

#include <caf/actor_system.hpp>

#include <algorithm>
#include <map>
#include <utility>

/// The part of the store pool that looks at what the sessions answered.
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
