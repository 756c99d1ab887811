#include "tests/chaos/figures.hpp"

#include <algorithm>
#include <limits>
#include <optional>

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

/// Whether the job ran on this node at this moment.
bool ran_at(const story& told, const lease_story& lease, int node,
            micros when) {
  const auto* run = lease.run();
  auto owner = told.nodes().find(lease.taken->node);
  return run && owner != told.nodes().end() && owner->second.number == node
         && run->began <= when && (run->ended == 0 || run->ended > when)
         && lease.end && lease.end->at >= when;
}

/// The first new start of a job that a fault interrupted.
micros next_start(const story& told, const fault& of) {
  auto first = never;
  for (const auto& [id, job] : told.jobs()) {
    auto interrupted = false;
    for (const auto& each : job.leases) {
      if (interrupted && each.run()) {
        first = std::min(first, each.run()->began);
        break;
      }
      interrupted
          = interrupted
            || (each.reclaimed() && ran_at(told, each, of.node, of.from));
    }
  }
  return first;
}

/// The first start of what was leased after the fault: on its node, or on any.
micros start_after(const std::vector<start>& starts, const fault& of) {
  for (const auto& each : starts)
    if (each.leased >= of.to && (of.node == 0 || each.node == of.node))
      return each.at;
  return never;
}

bool disturbed(const story& told, const fault& of, micros from, micros to) {
  const auto& faults = told.facts().faults;
  return std::any_of(faults.begin(), faults.end(), [&](const fault& x) {
    auto elsewhere
        = !hits_the_server(x.kind) && (!hits_a_node(x.kind) || of.node == 0);
    return x != of && !elsewhere && x.from <= to && x.to >= from;
  });
}

/// From when to when the work stood still.
std::optional<std::pair<micros, micros>>
gap_after(const story& told, const std::vector<start>& starts,
          const fault& of) {
  using enum fault_kind;
  auto from = of.to;
  auto until = never;
  switch (of.kind) {
  case kill:
  case stop:
  case poisoned:
    from = of.from;
    until = next_start(told, of);
    break;
  case terminate:
  case cut:
  case swallow:
  case freeze:
  case refuse:
  case restart_fast:
  case restart_immediate:
    until = start_after(starts, of);
    break;
  default:
    break;
  }
  if (until == never)
    return std::nullopt;
  return std::pair{from, until};
}

} // namespace

std::map<fault_kind, recovery> find_recoveries(const story& told) {
  std::map<fault_kind, recovery> found;
  auto starts = all_starts(told);
  for (const auto& each : told.facts().faults) {
    auto gap = gap_after(told, starts, each);
    if (!gap)
      continue;
    auto& one = found[each.kind];
    auto took = std::max(gap->second - gap->first, micros{0});
    one.all.push_back(took);
    if (!disturbed(told, each, gap->first, gap->second))
      one.undisturbed.push_back(took);
  }
  for (auto& [kind, one] : found) {
    std::sort(one.all.begin(), one.all.end());
    std::sort(one.undisturbed.begin(), one.undisturbed.end());
  }
  return found;
}

} // namespace callboard::chaos
