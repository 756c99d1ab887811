#include "tests/chaos/rules.hpp"

#include <algorithm>

namespace callboard::chaos {

namespace {

using enum change::kind;

/// SQLite's moments are milliseconds.
constexpr micros tolerance = 2'000;

/// The poller's patience, and plenty of time for the database.
constexpr micros recorded_after = 400'000;

const char* verb(change::kind what) {
  switch (what) {
  case gone:
    return "gone";
  case retried:
    return "retried";
  case rescheduled:
    return "rescheduled";
  case released:
    return "handed back";
  case crashed:
  case orphaned:
    return "taken away";
  default:
    return "changed";
  }
}

/// Whether a handler that answered `result` explains that the lease ended so.
bool fits(const lease_story& lease, const std::string& result) {
  auto used_up
      = lease.death
        && lease.death->text.find("attempts used up") != lease.death->text.npos;
  switch (lease.end->what) {
  case gone:
    if (!lease.death)
      return result == "complete";
    if (result == "dead" || result == "throw")
      return true;
    return used_up
           && (result == "retry" || result == "fail" || result == "stopped");
  case retried:
    return result == "retry" || result == "fail" || result == "stopped";
  case rescheduled:
    return result == "reschedule";
  default:
    return false;
  }
}

void check_outcome(const story& told, const lease_story& lease,
                   findings& found) {
  // No outcome of a handler: check_performers has more about it.
  if (lease.lost_performer())
    return;
  const auto* run = lease.run();
  auto tell = [&](const std::string& rule, const std::string& what) {
    found.push_back({rule, name_of(lease) + " was " + verb(lease.end->what)
                               + (lease.death ? " (dead)" : "") + " " + what});
  };
  if (!run)
    return tell("outcome of nobody", "and no handler ran");
  if (run->ended == 0 || run->ended > lease.end->at + tolerance)
    return tell("outcome of another",
                "before its own handler on " + run->life + " had ended");
  if (!fits(lease, run->result))
    return tell("another outcome",
                "but its handler on " + run->life + " answered " + run->result);
  if (run->result != "stopped")
    return;
  auto asked = [&](const life* one) {
    return one && one->asked_to_end != 0 && one->asked_to_end <= run->ended;
  };
  const auto* node = told.owner_of(lease);
  if (!asked(told.find_life(run->life)) && !(node && asked(node->owner)))
    tell("stopped without cause",
         "after its handler on " + run->life
             + " was told to stop, and the lease was its own all the time");
}

/// The ends that a node's word stands for.
bool means(claim::kind said, const lease_story& lease) {
  switch (said) {
  case claim::kind::completed:
    return lease.ended_by(gone) && !lease.death;
  case claim::kind::dead:
    return lease.ended_by(gone) && lease.death;
  case claim::kind::retried:
    return lease.ended_by(retried);
  case claim::kind::rescheduled:
    return lease.ended_by(rescheduled);
  case claim::kind::fenced:
    break;
  }
  return false;
}

void check_claims(const story& told, const lease_story& lease,
                  findings& found) {
  std::size_t accepted = 0;
  for (const auto* each : lease.claims) {
    if (each->what != claim::kind::fenced) {
      ++accepted;
      if (!means(each->what, lease))
        found.push_back({"accepted in vain",
                         each->life + " believes its outcome of "
                             + name_of(lease) + " was accepted, but it was "
                             + (lease.end ? verb(lease.end->what) : "kept")});
      continue;
    }
    // Refused because it is another's, or because the answer to the first try
    // was lost.
    if (!lease.reclaimed() && !told.explain(lease))
      found.push_back(
          {"refused without cause",
           each->life + " was refused its outcome of " + name_of(lease)});
  }
  if (accepted > 1)
    found.push_back({"accepted twice", name_of(lease)});
}

/// The number of the attempt that must follow.
int attempt_after(const lease_story* before) {
  return before && before->end ? before->end->attempt + 1 : 1;
}

void check_run(const story& told, const lease_story& lease, findings& found) {
  const auto& run = *lease.run();
  auto name = name_of(lease);
  if (lease.runs.size() > 1)
    found.push_back({"begun twice", name});
  if (run.attempt != lease.taken->attempt)
    found.push_back({"wrong attempt",
                     name + " ran as attempt " + std::to_string(run.attempt)
                         + " and was leased as "
                         + std::to_string(lease.taken->attempt)});
  const auto* node = told.owner_of(lease);
  const auto* owner = node ? node->owner : nullptr;
  if (!told.for_performers(lease) && (!owner || owner->name != run.life))
    found.push_back(
        {"ran elsewhere", name + " ran on " + run.life + " and was leased by "
                              + (owner ? owner->name : "nobody known")});
  if (lease.ended_by(released) && !told.explain(lease))
    found.push_back({"handed back though begun", name + " on " + run.life});
  if (lease.end && run.began > lease.end->at + tolerance && !told.explain(lease)
      && !told.explain_loss(lease))
    found.push_back(
        {"begun too late",
         name + " on " + run.life + " after it was " + verb(lease.end->what)});
}

/// A start is recorded at the latest when its handler is not quick; from then
/// on it keeps its attempt, whatever its node dies of.
void check_attempt_kept(const story& told, const lease_story& lease,
                        findings& found) {
  const auto& run = *lease.run();
  const auto* why = told.explain(lease);
  if (!lease.ended_by(crashed) || run.ended != 0 || !why
      || (why->kind != fault_kind::kill && why->kind != fault_kind::poisoned))
    return;
  auto ran = why->from - run.began;
  if (ran > recorded_after && lease.end->attempt < lease.taken->attempt)
    found.push_back({"attempt given back", name_of(lease) + " ran on "
                                               + run.life + " for "
                                               + std::to_string(ran) + " us"});
}

void check_order(const job_story& job, findings& found) {
  const lease_story* before = nullptr;
  // What it must run with next, by the last accepted outcome.
  auto steps = job.promised ? job.promised->what.steps : 0;
  int starts = 0;
  for (const auto& each : job.leases) {
    auto name = name_of(each);
    if (before && before->taken->fence >= each.taken->fence)
      found.push_back({"fence does not grow", name});
    // Stored again after its end, it begins anew.
    auto anew = before && before->ended_by(gone);
    if (before && !before->end)
      found.push_back({"leased twice", name});
    if (anew) {
      steps = job.promised ? job.promised->what.steps : 0;
      starts = 0;
    }
    auto attempt = attempt_after(anew ? nullptr : before);
    if (each.taken->attempt != attempt)
      found.push_back(
          {"attempt miscounted", name + " is attempt "
                                     + std::to_string(each.taken->attempt)
                                     + ", not " + std::to_string(attempt)});
    if (const auto* run = each.run(); run && run->steps != steps)
      found.push_back(
          {"wrong arg", name + " ran with " + std::to_string(run->steps)
                            + " steps left, not " + std::to_string(steps)});
    starts += each.run() != nullptr;
    if (each.ended_by(rescheduled)) {
      --steps;
      --starts;
    }
    before = &each;
    if (job.promised && job.promised->max_attempts > 0
        && starts > job.promised->max_attempts)
      found.push_back({"too many attempts",
                       name + " began as start " + std::to_string(starts)
                           + " of "
                           + std::to_string(job.promised->max_attempts)});
  }
}

} // namespace

void check_outcomes(const story& told, findings& found) {
  for (const auto& [id, job] : told.jobs())
    for (const auto& each : job.leases) {
      if (each.end && !each.reclaimed() && !each.ended_by(released))
        check_outcome(told, each, found);
      check_claims(told, each, found);
    }
  for (const auto* each : told.stray_claims())
    // Attempts used up, and crashes: no lease of this node.
    if (each->what != claim::kind::dead)
      found.push_back({"outcome of nobody", each->life + " tells of " + each->id
                                                + " (fence "
                                                + std::to_string(each->fence)
                                                + "), which was never leased"});
}

void check_leases(const story& told, findings& found) {
  for (const auto& [id, job] : told.jobs()) {
    check_order(job, found);
    for (const auto& each : job.leases) {
      if (each.run()) {
        check_run(told, each, found);
        check_attempt_kept(told, each, found);
      }
      if (each.reclaimed() && !told.explain(each))
        found.push_back(
            {"taken without cause",
             name_of(each) + " was taken from its node"
                 + (each.run() ? " while it ran on " + each.run()->life : "")});
    }
  }
  for (const auto* each : told.stray_runs())
    found.push_back({"ran without a lease", each->id + " (fence "
                                                + std::to_string(each->fence)
                                                + ") on " + each->life});
}

} // namespace callboard::chaos
