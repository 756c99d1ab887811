#include "actors/storage/store_pool_state.hpp"

#include <caf/actor_system.hpp>

#include <algorithm>
#include <memory>
#include <utility>

/// The part of the store pool that writes: outcomes, starts, and jobs that go
/// back.
namespace callboard::actors {

void store_pool_state::settle(std::vector<finished_job> jobs) {
  outcomes_.add(std::move(jobs));
  pump_writes();
}

void store_pool_state::release(const std::vector<lease_ref>& leases,
                               duration wait) {
  for (const auto& lease : leases)
    releases_.push_back({lease, wait});
  pump_writes();
}

void store_pool_state::start_jobs(const start_wish& x) {
  for (const auto& lease : x.leases)
    starts_.push_back({self_->current_sender(), lease, outcomes_.mark()});
  pump_writes();
}

caf::result<bool> store_pool_state::flush() {
  auto promise = self_->make_response_promise<bool>();
  flushes_.push_back(promise);
  answer_flushes();
  return promise;
}

void store_pool_state::retry() {
  resting_ = false;
  pump_writes();
}

bool store_pool_state::can_write(std::size_t at) const {
  // What is sent to a session that leases would wait there, while more comes
  // that could go with it.
  return seats_[at].up && !seats_[at].busy && (at > 0 || leases_.empty());
}

void store_pool_state::pump_writes() {
  for (auto at = first_writer_; at < end_of_writers_ && !resting_; ++at) {
    if (!can_write(at))
      continue;
    // Slots wait for these.
    if (!starts_.empty() && may_start(starts_.front()))
      send_starts(at);
    else if (!releases_.empty())
      send_releases(at);
    else if (outcomes_.waiting())
      send_outcomes(at);
  }
  answer_flushes();
}

void store_pool_state::send_outcomes(std::size_t at) {
  auto batch = std::make_shared<settle_queue::batch>(outcomes_.take());
  // Lent to the session until it answers.
  auto lent = std::make_shared<std::vector<settlement>>();
  lent->reserve(batch->size());
  for (auto& one : *batch)
    lent->push_back(std::move(one.job.outcome));
  seats_[at].busy = true;
  auto take_back = [batch, lent] {
    for (std::size_t i = 0; i < batch->size(); ++i)
      (*batch)[i].job.outcome = std::move((*lent)[i]);
  };
  self_->request(seats_[at].handle, caf::infinite, settle_call{lent})
      .then(
          [this, at, batch, take_back](const settle_done& done) {
            seats_[at].busy = false;
            take_back();
            if (!done.failure)
              return settled(*batch, done.report);
            outcomes_.failed(std::move(*batch), *done.failure);
            write_failed(at, *done.failure);
          },
          [this, at, batch, take_back](const caf::error&) {
            error why{errc::commit_unknown, "a session that settles died"};
            seats_[at].busy = false;
            take_back();
            outcomes_.failed(std::move(*batch), why);
            write_failed(at, why);
          });
}

void store_pool_state::send_releases(std::size_t at) {
  auto sent = std::make_shared<std::vector<hand_back>>();
  release_call call{{}, releases_.front().wait};
  while (!releases_.empty() && releases_.front().wait == call.wait
         && sent->size() < settle_queue::largest_batch) {
    call.leases.push_back(releases_.front().lease);
    sent->push_back(std::move(releases_.front()));
    releases_.pop_front();
  }
  releasing_ += sent->size();
  seats_[at].busy = true;
  auto back = [this, at, sent](const error& why) {
    releases_.insert(releases_.begin(), sent->begin(), sent->end());
    write_failed(at, why);
  };
  self_->request(seats_[at].handle, caf::infinite, std::move(call))
      .then(
          [this, at, sent, back](const call_done& done) {
            seats_[at].busy = false;
            releasing_ -= sent->size();
            if (done.failure)
              return back(*done.failure);
            writes_work();
            for (const auto& one : *sent)
              forget_lease(one.lease.fence);
            if (std::any_of(sent->begin(), sent->end(),
                            [](const auto& x) { return x.unheard_of; }))
              self_->send(options_.supervisor, wake_up{});
            pump_writes();
          },
          [this, at, sent, back](const caf::error&) {
            seats_[at].busy = false;
            releasing_ -= sent->size();
            back({errc::commit_unknown, "a session that settles died"});
          });
}

bool store_pool_state::may_start(const starter& one) const {
  return !outcomes_.owes_last(one.mark);
}

void store_pool_state::send_starts(std::size_t at) {
  auto most = std::min(starts_.size(), settle_queue::largest_batch);
  auto end = std::find_if_not(
      starts_.begin(), starts_.begin() + static_cast<std::ptrdiff_t>(most),
      [this](const starter& one) { return may_start(one); });
  auto sent = std::make_shared<std::vector<starter>>(starts_.begin(), end);
  starts_.erase(starts_.begin(), end);
  start_call call;
  for (const auto& one : *sent)
    call.leases.push_back(one.lease);
  seats_[at].busy = true;
  auto back = [this, at, sent](const error& why) {
    starts_.insert(starts_.begin(), sent->begin(), sent->end());
    write_failed(at, why);
  };
  self_->request(seats_[at].handle, caf::infinite, std::move(call))
      .then(
          [this, at, sent, back](const start_done& done) {
            seats_[at].busy = false;
            if (done.failure)
              return back(*done.failure);
            writes_work();
            started(*sent, done.ours);
            pump_writes();
          },
          [this, at, back](const caf::error&) {
            seats_[at].busy = false;
            back({errc::commit_unknown, "a session that settles died"});
          });
}

void store_pool_state::answer_flushes() {
  if (outcomes_.size() > 0 || !releases_.empty() || releasing_ > 0)
    return;
  for (auto& promise : std::exchange(flushes_, {}))
    promise.deliver(true);
}

} // namespace callboard::actors
