#include "tests/chaos/figures.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace callboard::chaos {

namespace {

constexpr micros never = std::numeric_limits<micros>::max();

/// One handler's begin, with the lease it stands on.
struct start {
  micros at = 0;
  micros leased = 0;
  int node = 0;
};

std::vector<start> all_starts(const story& told) {
  std::vector<start> starts;
  for (const auto& [id, job] : told.jobs())
    for (const auto& each : job.leases)
      if (const auto* run = each.run()) {
        auto node = told.nodes().find(each.taken->node);
        starts.push_back(
            {run->began, each.taken->at,
             node == told.nodes().end() ? 0 : node->second.number});
      }
  std::sort(starts.begin(), starts.end(),
            [](const start& x, const start& y) { return x.at < y.at; });
  return starts;
}

/// Whether the job ran there when the fault came, and was lost by it.
bool interrupted_by(const story& told, const lease_story& lease,
                    const fault& of) {
  const auto* run = lease.run();
  if (!run || run->began > of.from || (run->ended != 0 && run->ended <= of.from)
      || !lease.end || lease.end->at < of.from)
    return false;
  const auto* owner = told.owner_of(lease);
  auto here = of.node == 0 || (owner && owner->number == of.node);
  if (!hits_a_performer(of.kind))
    return here && lease.reclaimed();
  const auto* where = told.find_life(run->life);
  return here && lease.lost_performer() && where
         && where->performer == of.performer;
}

/// The next start of a job that a fault interrupted.
struct next_start {
  micros at = 0;
  /// The job is one for performers.
  bool elsewhere = false;

  auto operator<=>(const next_start&) const = default;
};

/// Sorted.
std::vector<next_start> next_starts(const story& told, const fault& of) {
  std::vector<next_start> found;
  for (const auto& [id, job] : told.jobs()) {
    auto interrupted = false;
    for (const auto& each : job.leases) {
      if (interrupted && each.run()) {
        found.push_back({each.run()->began, told.for_performers(each)});
        break;
      }
      interrupted = interrupted || interrupted_by(told, each, of);
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

/// The first start of what was leased after the fault: on its node, or on any.
micros start_after(const std::vector<start>& starts, const fault& of) {
  for (const auto& each : starts)
    if (each.leased >= of.to && (of.node == 0 || each.node == of.node))
      return each.at;
  return never;
}

/// Whether a fault is of no account for what is measured of another: what runs
/// at a performer knows of its link and its performers, and of the nodes only
/// that they may die.
bool is_elsewhere(const fault& x, const fault& of, bool at_performers) {
  if (hits_the_server(x.kind))
    return false;
  if (hits_a_performer(x.kind))
    return !at_performers || x.kind == fault_kind::performer_reload;
  if (!hits_a_node(x.kind))
    return true;
  if (!hits_a_performer(of.kind))
    return of.node == 0;
  return !costs_answers(x.kind) && !costs_leases(x.kind);
}

bool disturbed(const story& told, const fault& of, bool at_performers,
               micros from, micros to) {
  const auto& faults = told.facts().faults;
  return std::any_of(faults.begin(), faults.end(), [&](const fault& x) {
    return x != of && x.from <= to && x.to >= from
           && !is_elsewhere(x, of, at_performers);
  });
}

/// Whether it ends what runs on its node or performer, so that others take that
/// over.
bool interrupts(fault_kind kind) {
  using enum fault_kind;
  return kind == kill || kind == stop || kind == poisoned
         || (hits_a_performer(kind) && costs_performers(kind));
}

/// Whether work begins again at its place when it is over.
bool holds_up(fault_kind kind) {
  using enum fault_kind;
  return costs_answers(kind) && !interrupts(kind) && kind != pause
         && kind != stalled;
}

} // namespace

std::map<fault_kind, recovery> find_recoveries(const story& told) {
  std::map<fault_kind, recovery> found;
  auto starts = all_starts(told);
  for (const auto& of : told.facts().faults) {
    auto from = of.to;
    std::vector<next_start> until;
    if (interrupts(of.kind)) {
      from = of.from;
      until = next_starts(told, of);
    } else if (auto next = start_after(starts, of);
               holds_up(of.kind) && next != never) {
      until = {{next, false}};
    }
    auto& one = found[of.kind];
    auto first = true;
    for (auto each : until) {
      auto took = std::max(each.at - from, micros{0});
      auto clean = !disturbed(told, of, each.elsewhere, from, each.at);
      // A node's fault, with jobs that performers had.
      if (each.elsewhere && !hits_a_performer(of.kind)) {
        if (clean)
          one.at_performers.push_back(took);
        continue;
      }
      if (std::exchange(first, false)) {
        one.all.push_back(took);
        if (clean)
          one.undisturbed.push_back(took);
      }
      if (clean)
        one.each_job.push_back(took);
    }
  }
  std::erase_if(found, [](const auto& x) {
    return x.second.all.empty() && x.second.at_performers.empty();
  });
  for (auto& [kind, one] : found)
    for (auto* each :
         {&one.all, &one.undisturbed, &one.each_job, &one.at_performers})
      std::sort(each->begin(), each->end());
  return found;
}

} // namespace callboard::chaos
