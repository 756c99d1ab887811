#include "tests/chaos/figures.hpp"

#include <algorithm>
#include <cmath>

namespace callboard::chaos {

namespace {

using enum change::kind;

std::string cause_of(const story& told, const lease_story& lease) {
  const auto* why = told.why_repeated(lease);
  return why ? std::string{to_string(why->kind)} : "unexplained";
}

std::string kind_of(const job_story& job, const change& death) {
  for (const auto* known :
       {"attempts used up", "thrown on purpose", "dead on purpose"})
    if (death.text.find(known) != death.text.npos)
      return known;
  return job.promised && job.promised->type.starts_with("poison")
             ? "poisonous"
             : "innocent, their nodes died too often";
}

void count_taken(const story& told, const lease_story& lease, figures& sum) {
  ++sum.taken[cause_of(told, lease)];
  // What is buried keeps its attempt; there is nothing to give back.
  auto refunded
      = !lease.ended_by(gone) && lease.end->attempt < lease.taken->attempt;
  if (lease.run())
    ++(refunded ? sum.begun_refunded : sum.begun_kept);
  else
    ++(refunded ? sum.unbegun_refunded : sum.unbegun_kept);
}

void count_job(const story& told, const job_story& job, figures& sum) {
  const lease_story* last_run = nullptr;
  for (const auto& each : job.leases) {
    ++sum.leases;
    sum.performances += each.runs.size();
    if (told.for_performers(each))
      sum.at_performers += each.runs.size();
    if (each.lost_performer())
      ++sum.lost_with_performers[cause_of(told, each)];
    if (each.run()) {
      if (last_run && (last_run->reclaimed() || last_run->lost_performer())) {
        ++sum.duplicates[cause_of(told, *last_run)];
        ++sum.duplicated;
        if (told.at_once(*last_run, each))
          ++sum.at_once[cause_of(told, *last_run)];
      } else if (last_run && last_run->ended_by(gone)) {
        ++sum.duplicates["enqueued again after an unknown commit"];
        ++sum.duplicated;
      }
      last_run = &each;
    }
    if (each.reclaimed())
      count_taken(told, each, sum);
    else if (each.ended_by(gone) && !each.death)
      ++sum.completed;
    for (const auto* claim : each.claims)
      if (claim->what == claim::kind::fenced) {
        ++sum.fenced;
        sum.answers_lost += !each.reclaimed();
      }
  }
  for (const auto* each : job.deaths)
    ++sum.dead[kind_of(job, *each)];
}

} // namespace

micros percentile(const std::vector<micros>& sorted, double share) {
  if (sorted.empty())
    return 0;
  auto at = static_cast<std::size_t>(
      std::ceil(share * static_cast<double>(sorted.size())));
  return sorted[std::clamp(at, std::size_t{1}, sorted.size()) - 1];
}

figures count(const story& told) {
  figures sum;
  for (const auto& each : told.facts().faults)
    ++sum.faults[each.kind];
  for (const auto& each : told.facts().promises) {
    sum.refused += each.known == promise::state::refused;
    sum.unknown += each.known == promise::state::unknown;
  }
  for (const auto& [id, job] : told.jobs()) {
    sum.jobs += !job.inserts.empty();
    count_job(told, job, sum);
  }
  sum.performances += told.stray_runs().size();
  sum.recoveries = find_recoveries(told);
  return sum;
}

} // namespace callboard::chaos
