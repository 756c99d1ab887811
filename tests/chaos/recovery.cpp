#include "tests/chaos/figures.hpp"

#include <algorithm>
#include <limits>

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

/// The next start of each job that a fault interrupted, sorted.
std::vector<micros> next_starts(const story& told, const fault& of) {
  std::vector<micros> found;
  for (const auto& [id, job] : told.jobs()) {
    auto interrupted = false;
    for (const auto& each : job.leases) {
      if (interrupted && each.run()) {
        found.push_back(each.run()->began);
        break;
      }
      interrupted
          = interrupted
            || (each.reclaimed() && ran_at(told, each, of.node, of.from));
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

bool disturbed(const story& told, const fault& of, micros from, micros to) {
  const auto& faults = told.facts().faults;
  return std::any_of(faults.begin(), faults.end(), [&](const fault& x) {
    auto elsewhere
        = !hits_the_server(x.kind) && (!hits_a_node(x.kind) || of.node == 0);
    return x != of && !elsewhere && x.from <= to && x.to >= from;
  });
}

/// Whether it ends what runs on its node, so that others take that over.
bool interrupts(fault_kind kind) {
  using enum fault_kind;
  return kind == kill || kind == stop || kind == poisoned;
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
    std::vector<micros> until;
    if (interrupts(of.kind)) {
      from = of.from;
      until = next_starts(told, of);
    } else if (auto next = start_after(starts, of);
               holds_up(of.kind) && next != never) {
      until = {next};
    }
    auto& one = found[of.kind];
    for (auto each : until) {
      auto took = std::max(each - from, micros{0});
      auto clean = !disturbed(told, of, from, each);
      if (each == until.front()) {
        one.all.push_back(took);
        if (clean)
          one.undisturbed.push_back(took);
      }
      if (clean)
        one.each_job.push_back(took);
    }
  }
  std::erase_if(found, [](const auto& x) { return x.second.all.empty(); });
  for (auto& [kind, one] : found)
    for (auto* each : {&one.all, &one.undisturbed, &one.each_job})
      std::sort(each->begin(), each->end());
  return found;
}

} // namespace callboard::chaos
