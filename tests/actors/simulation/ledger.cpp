#include "tests/actors/simulation/ledger.hpp"

#include <algorithm>
#include <utility>

namespace callboard::simulation {

std::int32_t attempts_of(const std::string& queue) {
  return queue == "mail" ? 6 : queue == "agent" ? 5 : 0;
}

// -- the log ------------------------------------------------------------------

void ledger::note(std::string line) {
  if (!recording)
    return;
  auto time = std::to_string(now_.count());
  lines_.push_back(std::string(time.size() < 10 ? 10 - time.size() : 0, ' ')
                   + time + " us  " + std::move(line));
  if (lines_.size() > kept_lines)
    lines_.pop_front();
}

void ledger::violated(const std::string& what) {
  note("VIOLATION: " + what);
  if (!violation_)
    violation_ = what;
}

std::string ledger::about(std::int64_t fence, const lease& x) const {
  return "job " + x.id + " (fence " + std::to_string(fence) + ", attempt "
         + std::to_string(x.attempt) + ", leased by process "
         + std::to_string(x.owner) + ")";
}

ledger::lease* ledger::find(std::int64_t fence, const char* what) {
  auto found = leases_.find(fence);
  if (found != leases_.end())
    return &found->second;
  violated(std::string{what} + " under fence " + std::to_string(fence)
           + ", which was never leased");
  return nullptr;
}

void ledger::allow(process_number who, const std::string& queue,
                   std::size_t most) {
  allowed_[{who, queue}] = most;
}

// -- what the store did -------------------------------------------------------

void ledger::enqueued(const new_job& job) {
  note("enqueued " + job.id + " in " + job.queue + ": " + job.arg);
  if (!jobs_.try_emplace(job.id, entry{.job = job}).second)
    violated("job " + job.id + " was stored twice");
}

void ledger::leased(process_number by, const lease_batch& batch) {
  for (const auto& x : batch.jobs) {
    note("process " + std::to_string(by) + " leased " + x.value.id + " fence "
         + std::to_string(x.fence) + " attempt "
         + std::to_string(x.value.attempt) + (x.suspect ? " as suspect" : ""));
    auto& job = jobs_[x.value.id];
    job.fences.push_back(x.fence);
    held_.insert(x.fence);
    auto made = leases_.try_emplace(x.fence, lease{.id = x.value.id,
                                                   .queue = x.value.queue,
                                                   .owner = by,
                                                   .attempt = x.value.attempt});
    if (!made.second)
      violated("fence " + std::to_string(x.fence) + " was given out twice");
  }
  for (const auto& x : batch.exhausted)
    buried(x, "exhausted");
}

void ledger::settled(process_number by, const settlement& what, bool accepted) {
  auto* x = find(what.fence, "settled");
  if (!x)
    return;
  note("process " + std::to_string(by) + " settled " + what.id + " fence "
       + std::to_string(what.fence) + " as "
       + std::to_string(what.action.index())
       + (accepted ? "" : ": fenced off"));
  if (!accepted)
    return;
  if (x->end != lease_end::none)
    violated("a second end of the lease was accepted: "
             + about(what.fence, *x));
  x->end = lease_end::settled;
  held_.erase(what.fence);
  if (x->started && !x->over && x->deadline > now_ && !loose(*x))
    violated("settled while its handler runs: " + about(what.fence, *x));
  auto& job = jobs_.at(what.id);
  using verb = deed::verb;
  auto answered = x->over && !x->lost;
  // The slot no longer waited for the actor.
  x->abandoned = x->queue == "agent" && !answered;
  if (std::holds_alternative<completed>(what.action)) {
    if (!answered || (x->answer != verb::complete && x->answer != verb::beget))
      violated("completed, but no handler said so: " + about(what.fence, *x));
    job.fate = "completed";
  } else if (std::holds_alternative<rescheduled>(what.action)) {
    if (!answered || x->answer != verb::reschedule)
      violated("rescheduled, but no handler said so: " + about(what.fence, *x));
    job.counted_from = job.fences.size();
  } else if (const auto* end = std::get_if<dead>(&what.action)) {
    job.fate = "dead: " + end->error;
    explain_death(job, x, end->error);
  } else if (const auto* again = std::get_if<retried>(&what.action)) {
    explain_retry(what.fence, *x, again->error);
  }
}

void ledger::doubtful(const settlement& what) {
  if (auto* x = find(what.fence, "settled"))
    x->doubtful = true;
}

void ledger::released(const lease_ref& ref) {
  auto* x = find(ref.fence, "released");
  if (!x)
    return;
  note("released " + ref.id + " fence " + std::to_string(ref.fence));
  if (x->started)
    violated("released though its handler was started: "
             + about(ref.fence, *x));
  x->end = lease_end::released;
  x->given_back = true;
  held_.erase(ref.fence);
}

void ledger::look_for_freed() {
  for (auto at = held_.begin(); at != held_.end();) {
    auto fence = *at;
    auto& x = leases_.at(fence);
    auto row = db_.job(x.id);
    if (row && row->state == job_state::running && row->fence == fence) {
      ++at;
      continue;
    }
    at = held_.erase(at);
    x.end = lease_end::freed;
    ++jobs_.at(x.id).deaths;
    x.given_back = row && row->value.attempt < x.attempt;
    note("freed " + x.id + " fence " + std::to_string(fence)
         + (x.given_back ? ", attempt refunded" : ""));
    if (!causes_.contains(x.owner) && !gone_.contains(x.owner))
      violated("freed though its process lived well: " + about(fence, x));
  }
}

void ledger::buried(const job& what, const std::string& cause) {
  note(cause + " buried " + what.id + ": " + what.last_error);
  auto& job = jobs_[what.id];
  job.fate = "dead: " + what.last_error;
  explain_death(job,
                job.fences.empty() ? nullptr : &leases_.at(job.fences.back()),
                what.last_error);
}

void ledger::removed(const std::string& id) {
  note("cancelled " + id);
  jobs_.at(id).fate = "cancelled";
}

void ledger::asked(const std::string& id) {
  note("asked to stop " + id);
  jobs_.at(id).cancelled = true;
}

} // namespace callboard::simulation
