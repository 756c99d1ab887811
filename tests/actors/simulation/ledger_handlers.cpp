#include "tests/actors/simulation/ledger.hpp"

#include <algorithm>
#include <utility>

/// The half of the ledger that compares what handlers and observers say with
/// what the store did.
namespace callboard::simulation {

// -- reasons ------------------------------------------------------------------

void ledger::explain_death(const entry& of, const lease* last,
                           const std::string& error) {
  auto has = [&](const char* text) {
    return error.find(text) != std::string::npos;
  };
  auto limit = of.job.max_attempts > 0 ? of.job.max_attempts
                                       : attempts_of(of.job.queue);
  if (last && last->over && !last->lost
      && (last->answer == deed::verb::bury || last->answer == deed::verb::raise)
      && has("by its script"))
    return;
  if (has("attempts used up") && last && limit > 0 && last->attempt >= limit)
    return;
  if (has("worker died") && of.deaths + 1 >= 3)
    return;
  if (of.cancelled && error.starts_with("cancelled"))
    return;
  violated("job " + of.job.id + " died without a reason of its own: " + error);
}

void ledger::explain_retry(std::int64_t fence, const lease& x,
                           const std::string& error) {
  using verb = deed::verb;
  auto has = [&](const char* text) {
    return error.find(text) != std::string::npos;
  };
  if (x.over && !x.lost && has("by its script")
      && (x.answer == verb::retry || x.answer == verb::fail
          || x.answer == verb::linger))
    return;
  auto slot_died = has("the slot died") && hurt_.contains(x.owner);
  auto actor_failed = has("the handler actor") && x.queue == "agent"
                      && (has("it threw") || hurt_.contains(x.owner));
  auto late = has("timed out") && (x.deadline <= now_ || x.abandoned);
  if (!slot_died && !actor_failed && !late)
    violated("retried without a reason: " + error + ": " + about(fence, x));
}

// -- what handlers did --------------------------------------------------------

// Where an actor performs, nobody tells it that its slot died.
bool ledger::loose(const lease& x) const {
  return x.abandoned || (x.queue == "agent" && hurt_.contains(x.owner));
}

std::size_t ledger::running(process_number who,
                            const std::string& queue) const {
  auto found = running_.find(who);
  if (found == running_.end())
    return 0;
  return static_cast<std::size_t>(
      std::count_if(found->second.begin(), found->second.end(), [&](auto x) {
        const auto& one = leases_.at(x);
        return one.queue == queue && one.deadline > now_ && !loose(one);
      }));
}

deed ledger::started(process_number by, const job& work, std::int64_t fence,
                     duration deadline) {
  auto* x = find(fence, "started");
  if (!x)
    return {};
  ++starts_;
  auto& job = jobs_.at(work.id);
  auto steps = to_script(work.arg);
  auto what = steps[std::min(job.starts++, steps.size() - 1)];
  note("process " + std::to_string(by) + " starts " + work.id + " fence "
       + std::to_string(fence) + ": " + to_string(what.what));
  if (x->started)
    violated("performed twice under one lease: " + about(fence, *x));
  if (x->owner != by)
    violated("process " + std::to_string(by)
             + " performs what it did not lease: " + about(fence, *x));
  if ((x->end == lease_end::settled || x->end == lease_end::released)
      && !loose(*x))
    violated("started after its lease was given up: " + about(fence, *x));
  if (work.attempt != x->attempt || work.id != x->id)
    violated("the handler got another attempt or id than was leased: "
             + about(fence, *x));
  x->started = true;
  x->deadline = deadline;
  running_[by].insert(fence);
  // Others may hold a newer lease of it by now.
  std::int32_t kept = 0;
  std::int32_t counted = 0;
  for (auto i = job.counted_from; i < job.fences.size(); ++i) {
    const auto& other = leases_.at(job.fences[i]);
    kept += other.started && !other.given_back ? 1 : 0;
    counted = std::max(counted, other.attempt);
  }
  if (kept > counted)
    violated("more handlers were started than attempts were counted: "
             + about(fence, *x));
  auto allowed = allowed_.find({by, x->queue});
  if (allowed == allowed_.end() || running(by, x->queue) > allowed->second)
    violated("more than the concurrency of queue " + x->queue + " ("
             + std::to_string(allowed == allowed_.end() ? 0 : allowed->second)
             + ") runs: " + about(fence, *x));
  return what;
}

void ledger::ended(process_number by, std::int64_t fence, deed::verb how) {
  auto* x = find(fence, "ended");
  if (!x)
    return;
  note("process " + std::to_string(by) + " ends " + x->id + " fence "
       + std::to_string(fence) + ": " + to_string(how));
  x->over = true;
  x->answer = how;
  running_[by].erase(fence);
}

void ledger::lost(std::int64_t fence) {
  auto* x = find(fence, "lost");
  if (!x || x->over)
    return;
  note("lost the handler of " + x->id + " fence " + std::to_string(fence));
  x->over = true;
  x->lost = true;
  running_[x->owner].erase(fence);
}

// -- what observers were told -------------------------------------------------

void ledger::told_started(process_number by, const job_facts& facts) {
  auto* x = find(facts.fence, "told of a start");
  if (!x)
    return;
  // A slot has started a call when its actor has not even read it.
  if (x->owner != by || (!x->started && x->queue != "agent"))
    violated("told of a start that was none: " + about(facts.fence, *x));
  if (std::exchange(x->told_started, true))
    violated("told twice of a start: " + about(facts.fence, *x));
  if (x->told_end)
    violated("told of a start after its end: " + about(facts.fence, *x));
}

void ledger::told_end(process_number by, const job_facts& facts,
                      bool accepted) {
  // Jobs whose attempts or nodes were used up: no lease of this process.
  if (facts.fence == 0)
    return;
  auto* x = find(facts.fence, "told of an end");
  if (!x)
    return;
  if (x->owner != by)
    violated("told of another's end: " + about(facts.fence, *x));
  if (std::exchange(x->told_end, true))
    violated("told twice of an end: " + about(facts.fence, *x));
  if (x->started && !x->told_started)
    violated("told of an end without a start: " + about(facts.fence, *x));
  // A session that died may have settled it before.
  if ((accepted || !x->doubtful) && !hurt_.contains(by)
      && accepted != (x->end == lease_end::settled))
    violated(std::string{"told that the outcome was "}
             + (accepted ? "accepted" : "fenced off")
             + ", which is not so: " + about(facts.fence, *x));
}

// -- the end ------------------------------------------------------------------

bool ledger::performs(process_number who) const {
  auto found = running_.find(who);
  return found != running_.end() && !found->second.empty();
}

void ledger::check_end() {
  for (const auto& [fence, x] : leases_) {
    if (x.end == lease_end::none)
      violated("still leased at the end: " + about(fence, x));
    if (gone_.contains(x.owner))
      continue;
    if (x.started && !x.told_started)
      violated("never told of the start: " + about(fence, x));
    if ((x.end == lease_end::settled || (x.over && !x.lost)) && !x.told_end)
      violated("never told of the end: " + about(fence, x));
  }
  for (const auto& [id, x] : jobs_) {
    auto row = db_.job(id);
    if (x.fate && row)
      violated("job " + id + " was " + *x.fate + ", and is still stored");
    if (!x.fate && !row)
      violated("job " + id + " is lost");
  }
}

} // namespace callboard::simulation
