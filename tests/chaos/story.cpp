#include "tests/chaos/story.hpp"

#include <algorithm>
#include <cstdlib>
#include <tuple>

namespace callboard::chaos {

namespace {

// "node-2" -> 2.
int number_of(const std::string& name) {
  auto dash = name.rfind('-');
  return dash == name.npos ? 0 : std::atoi(name.c_str() + dash + 1);
}

} // namespace

bool lease_story::reclaimed() const {
  if (!end)
    return false;
  // A reclaim buries at once what has crashed too often.
  return end->what == change::kind::crashed
         || end->what == change::kind::orphaned
         || (death && death->crashes > taken->crashes);
}

story::story(const history& facts) : facts_{facts} {
  for (const auto& each : facts.promises) {
    auto& job = jobs_[each.id];
    job.id = each.id;
    job.promised = &each;
  }
  for (const auto& each : facts.changes)
    add(each);
  // One that died while it waited has the fence of its last lease, too.
  for (auto& [id, job] : jobs_)
    for (auto& each : job.leases)
      if (!each.ended_by(change::kind::gone))
        each.death = nullptr;
  for (const auto& each : facts.performances)
    if (auto* lease = find_lease(each.id, each.fence))
      lease->runs.push_back(&each);
    else
      stray_runs_.push_back(&each);
  for (const auto& each : facts.claims)
    if (auto* lease = find_lease(each.id, each.fence))
      lease->claims.push_back(&each);
    else
      stray_claims_.push_back(&each);
}

void story::add(const change& one) {
  using enum change::kind;
  if (one.what == left)
    return;
  if (one.what == joined) {
    auto& node = nodes_[one.node];
    node.number = number_of(one.text);
    for (const auto& each : facts_.lives)
      if (each.node == node.number && each.started <= one.at
          && (each.ended == 0 || one.at <= each.ended))
        node.owner = &each;
    return;
  }
  auto& job = jobs_[one.id];
  job.id = one.id;
  switch (one.what) {
  case inserted:
    job.inserts.push_back(&one);
    break;
  case dropped:
    job.drops.push_back(&one);
    break;
  case leased:
    job.leases.push_back({.taken = &one});
    break;
  case died:
    job.deaths.push_back(&one);
    if (auto* lease = find_lease(one.id, one.fence))
      lease->death = &one;
    break;
  default:
    if (auto* lease = find_lease(one.id, one.fence))
      lease->end = &one;
  }
}

lease_story* story::find_lease(const std::string& id, std::int64_t fence) {
  auto job = jobs_.find(id);
  if (job == jobs_.end())
    return nullptr;
  for (auto& each : job->second.leases)
    if (each.taken->fence == fence)
      return &each;
  return nullptr;
}

const life* story::find_life(const std::string& name) const {
  for (const auto& each : facts_.lives)
    if (each.name == name)
      return &each;
  return nullptr;
}

const fault* story::explain(int number, micros from, micros to) const {
  const fault* best = nullptr;
  for (const auto& each : facts_.faults) {
    if (!costs_leases(each.kind) || (each.node != 0 && each.node != number))
      continue;
    // Connections come back some time after what broke them; who was killed is
    // another node when it is back.
    auto after = costs_answers(each.kind) ? aftermath : 0;
    if (each.from > to || each.to + after < from)
      continue;
    auto rank = [](const fault& x) {
      return std::tuple{x.node != 0, x.from};
    };
    if (!best || rank(*best) < rank(each))
      best = &each;
  }
  return best;
}

const fault* story::explain(const lease_story& lease) const {
  auto node = nodes_.find(lease.taken->node);
  if (node == nodes_.end())
    return nullptr;
  auto until = lease.end ? lease.end->at : lease.taken->at;
  // What hit the next process of this node, which may be quicker than those
  // who free the leases, did nothing to this one.
  if (const auto* owner = node->second.owner; owner && owner->ended != 0)
    until = std::min(until, owner->ended);
  return explain(node->second.number, lease.taken->at, until);
}

} // namespace callboard::chaos
