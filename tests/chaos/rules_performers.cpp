#include "tests/chaos/rules.hpp"

#include <algorithm>

namespace callboard::chaos {

namespace {

int performer_of(const story& told, const performance& run) {
  const auto* where = told.find_life(run.life);
  return where ? where->performer : 0;
}

void check_place(const story& told, const lease_story& lease, findings& found) {
  for (const auto* run : lease.runs)
    if (told.for_performers(lease) && performer_of(told, *run) == 0)
      found.push_back({"ran elsewhere", name_of(lease) + " ran on " + run->life
                                            + ", which is no performer"});
}

void check_loss(const story& told, const lease_story& lease, findings& found) {
  auto lost = lease.lost_performer();
  if (!lost)
    return;
  auto number = number_of(*lost);
  if (!told.for_performers(lease))
    found.push_back({"lost elsewhere", name_of(lease) + " was lost with "
                                           + *lost
                                           + ", which never has such jobs"});
  for (const auto* run : lease.runs)
    if (performer_of(told, *run) != number)
      found.push_back({"lost elsewhere", name_of(lease) + " was lost with "
                                             + *lost + " while it ran on "
                                             + run->life});
  if (!told.explain_loss(lease))
    found.push_back({"performer lost without cause",
                     name_of(lease)
                         + " was given up, and nothing had happened "
                           "to "
                         + *lost + " and its link"});
}

void check_at_once(const story& told, const job_story& job, findings& found) {
  for (auto late = job.leases.begin(); late != job.leases.end(); ++late)
    for (auto early = job.leases.begin(); early != late; ++early)
      if (told.at_once(*early, *late) && !told.why_repeated(*early))
        found.push_back({"two at once", name_of(*late) + " began on "
                                            + late->run()->life + " while "
                                            + name_of(*early) + " ran on "
                                            + early->run()->life});
}

} // namespace

void check_performers(const story& told, findings& found) {
  for (const auto& [id, job] : told.jobs()) {
    for (const auto& each : job.leases) {
      check_place(told, each, found);
      check_loss(told, each, found);
    }
    check_at_once(told, job, found);
  }
}

} // namespace callboard::chaos
