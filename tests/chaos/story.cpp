#include "tests/chaos/story.hpp"

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <tuple>

namespace callboard::chaos {

namespace {

constexpr std::string_view loss = "performer lost: ";

/// How long a link may take to break, or to come back, after what broke it: a
/// peer that takes nothing in is cut off after twice the silence.
micros aftermath_of_link(const history& facts) {
  return 2 * facts.silence + 2'000'000;
}

} // namespace

int number_of(const std::string& name) {
  auto dash = name.rfind('-');
  return dash == name.npos ? 0 : std::atoi(name.c_str() + dash + 1);
}

std::string name_of(const lease_story& lease) {
  return lease.taken->id + " (fence " + std::to_string(lease.taken->fence)
         + ")";
}

bool lease_story::reclaimed() const {
  if (!end)
    return false;
  // A reclaim buries at once what has crashed too often.
  return end->what == change::kind::crashed
         || end->what == change::kind::orphaned
         || (death && death->crashes > taken->crashes);
}

std::optional<std::string> lease_story::lost_performer() const {
  if (!ended_by(change::kind::retried) && !death)
    return std::nullopt;
  const auto& error = death ? death->text : end->text;
  auto at = error.find(loss);
  // The first thing that a retry says, and a part of what buries a job.
  if (at == error.npos || (!death && at != 0))
    return std::nullopt;
  at += loss.size();
  return error.substr(at, error.find(' ', at) - at);
}

story::story(const history& facts) : facts_{facts} {
  for (const auto& each : facts.lives)
    lives_[each.name] = &each;
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
      if (each.node != 0 && each.node == node.number && each.started <= one.at
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
  auto found = lives_.find(name);
  return found == lives_.end() ? nullptr : found->second;
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
  const auto* node = owner_of(lease);
  if (!node)
    return nullptr;
  auto until = lease.end ? lease.end->at : lease.taken->at;
  // What hit the next process of this node, which may be quicker than those
  // who free the leases, did nothing to this one.
  if (const auto* owner = node->owner; owner && owner->ended != 0)
    until = std::min(until, owner->ended);
  return explain(node->number, lease.taken->at, until);
}

const fault* story::explain_loss(const lease_story& lease,
                                 int performer) const {
  const auto* node = owner_of(lease);
  auto from = lease.taken->at;
  auto to = lease.end ? lease.end->at : from;
  const fault* best = nullptr;
  for (const auto& each : facts_.faults) {
    auto elsewhere = (each.node != 0 && (!node || each.node != node->number))
                     || (each.performer != 0 && each.performer != performer);
    // Who was killed is another performer when it is back.
    auto after = each.kind == fault_kind::performer_kill
                     ? 0
                     : aftermath_of_link(facts_);
    if (!costs_performers(each.kind) || elsewhere || each.from > to
        || each.to + after < from)
      continue;
    if (!best || best->from < each.from)
      best = &each;
  }
  return best;
}

const fault* story::explain_loss(const lease_story& lease) const {
  auto lost = lease.lost_performer();
  return lost ? explain_loss(lease, number_of(*lost)) : nullptr;
}

const fault* story::why_repeated(const lease_story& lease) const {
  return lease.reclaimed() ? explain(lease) : explain_loss(lease);
}

bool story::at_once(const lease_story& early, const lease_story& late) const {
  if (!early.run() || !late.run())
    return false;
  const auto& run = *early.run();
  auto until = run.ended;
  // Its process may have ended before it did.
  if (const auto* where = find_life(run.life); until == 0 && where)
    until = where->ended;
  return late.run()->began < until;
}

const node_story* story::owner_of(const lease_story& lease) const {
  auto node = nodes_.find(lease.taken->node);
  return node == nodes_.end() ? nullptr : &node->second;
}

bool story::for_performers(const lease_story& lease) const {
  return facts_.left_to_performers.contains(lease.taken->text);
}

} // namespace callboard::chaos
