#include "tests/chaos/rules.hpp"

#include <algorithm>
#include <set>

namespace callboard::chaos {

namespace {

using enum change::kind;

bool is_poison(const promise& job) {
  return job.type.starts_with("poison");
}

/// Whether its handler moves it to the dead letters.
bool wants_to_die(const promise& job) {
  return job.type == "throw" || job.type == "program_dead";
}

std::size_t completions(const job_story& job) {
  return static_cast<std::size_t>(
      std::count_if(job.leases.begin(), job.leases.end(), [](const auto& x) {
        return x.ended_by(gone) && !x.death;
      }));
}

/// Leases that were taken from nodes, since its count of crashes began anew.
std::vector<const lease_story*> crashes_before(const job_story& job,
                                               const change& death) {
  std::vector<const lease_story*> found;
  for (const auto& each : job.leases) {
    // What ends with the dead letter may be written a moment after it.
    if (!each.end || (each.end->at > death.at && each.death != &death))
      break;
    if (each.ended_by(rescheduled))
      found.clear();
    if (each.reclaimed())
      found.push_back(&each);
  }
  return found;
}

void check_end(const job_story& job, findings& found) {
  auto ends = job.drops.size();
  auto deaths = job.deaths.size();
  for (const auto& each : job.leases)
    if (each.ended_by(gone)) {
      ++ends;
      deaths -= each.death != nullptr;
    }
  // Nobody cancels here: what goes while it waits goes to the dead letters.
  if (deaths != job.drops.size())
    found.push_back({"lost", job.id + " went while it waited "
                                 + std::to_string(job.drops.size())
                                 + " times and left " + std::to_string(deaths)
                                 + " dead letters"});
  if (ends < job.inserts.size())
    found.push_back(
        {"lost", job.id + " was stored " + std::to_string(job.inserts.size())
                     + " times and ended " + std::to_string(ends) + " times"});
  if (ends > job.inserts.size())
    found.push_back({"ended twice", job.id + " was stored "
                                        + std::to_string(job.inserts.size())
                                        + " times and ended "
                                        + std::to_string(ends) + " times"});
}

void check_blame(const story& told, const job_story& job, const change& death,
                 findings& found) {
  auto crashes = crashes_before(job, death);
  auto needed = static_cast<std::size_t>(told.facts().max_crashes);
  auto tell = [&](const std::string& rule, const std::string& why) {
    found.push_back({rule, job.id + " (" + job.promised->type + ") " + why
                               + ": " + death.text});
  };
  if (crashes.size() < needed)
    return tell("unearned death",
                "died after " + std::to_string(crashes.size()) + " crashes");
  if (is_poison(*job.promised))
    return;
  std::size_t dragged = 0;
  for (const auto* each : crashes)
    if (const auto* why = told.explain(*each))
      dragged += why->kind == fault_kind::poisoned;
  // The first time nobody could know who the poisonous one is.
  if (dragged > 1)
    tell("dragged along", "is innocent and died with poisonous ones "
                              + std::to_string(dragged) + " times");
}

void check_death(const story& told, const job_story& job, const change& death,
                 findings& found) {
  const auto& promised = *job.promised;
  if (wants_to_die(promised)) {
    auto own = promised.type == "throw" ? "thrown on purpose" : "on purpose";
    if (death.text.find(own) != death.text.npos)
      return;
  }
  auto used_up = death.text.find("attempts used up") != death.text.npos;
  if (promised.max_attempts > 0 && used_up)
    return;
  check_blame(told, job, death, found);
}

} // namespace

void check_jobs(const story& told, findings& found) {
  std::set<std::string> left{told.facts().left_over.begin(),
                             told.facts().left_over.end()};
  for (const auto& id : left)
    found.push_back({"left over", id + " is stored still"});
  for (const auto& [id, job] : told.jobs()) {
    if (!job.promised) {
      found.push_back({"out of nothing", id + " was never enqueued"});
      continue;
    }
    using state = promise::state;
    if (job.promised->known == state::stored && job.inserts.empty())
      found.push_back({"lost", id + " was acknowledged, and never stored"});
    if (job.promised->known == state::refused && !job.inserts.empty())
      found.push_back({"stored though refused",
                       id + " was stored, and its enqueue reported failure"});
    // Enqueued again after an unknown commit, it may be stored again.
    if (job.inserts.size()
        > 1 + static_cast<std::size_t>(job.promised->repeats))
      found.push_back({"stored twice", id});
    if (!left.contains(id))
      check_end(job, found);
  }
}

void check_deaths(const story& told, findings& found) {
  for (const auto& [id, job] : told.jobs()) {
    if (!job.promised)
      continue;
    for (const auto* each : job.deaths)
      check_death(told, job, *each, found);
    if (job.inserts.empty())
      continue;
    if ((is_poison(*job.promised) || wants_to_die(*job.promised))
        && completions(job) != 0)
      found.push_back({"should be dead",
                       id + " (" + job.promised->type + ") was completed"});
    auto runs = std::size_t{0};
    for (const auto& each : job.leases)
      runs += each.runs.size();
    auto most = static_cast<std::size_t>(told.facts().max_crashes)
                * job.inserts.size();
    if (is_poison(*job.promised) && runs > most)
      found.push_back(
          {"poison again", id + " killed " + std::to_string(runs) + " nodes"});
  }
}

findings check(const story& told) {
  findings found;
  check_jobs(told, found);
  check_deaths(told, found);
  check_outcomes(told, found);
  check_leases(told, found);
  check_performers(told, found);
  check_nodes(told, found);
  return found;
}

} // namespace callboard::chaos
