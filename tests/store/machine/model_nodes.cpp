#include "tests/store/machine/model.hpp"

#include <algorithm>

namespace callboard::machine {

model::process& model::of(const step& x) {
  return processes_.at(static_cast<std::size_t>(x.node));
}

bool model::member(const process& x) const {
  return x.joined && nodes_.contains(x.incarnation);
}

std::string model::heartbeat(const step& x) {
  if (!of(x).connected)
    return "no process";
  if (!member(of(x)))
    return "incarnation_lost";
  nodes_.at(of(x).incarnation).seen_at = now_;
  std::vector<std::size_t> cancelled;
  for (const auto& [id, one] : jobs_)
    if (one.where == place::leased && one.holder == of(x).incarnation
        && one.seen.cancelled)
      cancelled.push_back(one.seen.lease);
  return describe(std::move(cancelled));
}

std::string model::list_held(const step& x) {
  if (!of(x).connected)
    return "no process";
  if (!member(of(x)))
    return "incarnation_lost";
  std::vector<std::size_t> mine;
  for (const auto& [id, one] : jobs_)
    if (one.where == place::leased && one.holder == of(x).incarnation)
      mine.push_back(one.seen.lease);
  return describe(std::move(mine));
}

void model::enter(const step& x) {
  auto& who = of(x);
  who.connected = true;
  who.joined = true;
  who.incarnation = ++last_incarnation_;
  nodes_[who.incarnation]
      = {.name = node_name(x), .seen_at = now_, .missed_at = std::nullopt};
}

std::string model::join(const step& x) {
  auto& who = of(x);
  if (who.connected && member(who))
    return "joined already";
  auto former = nodes_.find(who.incarnation);
  // As its former self, unless it forgot or was declared dead.
  if (x.a == 0 || former == nodes_.end()) {
    enter(x);
    return "joined anew";
  }
  who.connected = true;
  who.joined = true;
  former->second.locked = true;
  former->second.seen_at = now_;
  former->second.missed_at.reset();
  return "joined again";
}

std::string model::reclaim(const step& x) {
  auto rule = rule_of(x);
  auto own = of(x).connected && of(x).joined ? of(x).incarnation : 0;
  reclaim_report report;
  for (auto at = nodes_.begin(); at != nodes_.end();) {
    auto cause = at->first == own ? "" : dead_because(at->second, rule, report);
    if (*cause == '\0') {
      ++at;
      continue;
    }
    report.nodes.push_back(at->second.name);
    free_leases(at->first, cause, rule.max_crashes, report);
    at = nodes_.erase(at);
  }
  return describe(std::move(report));
}

const char* model::dead_because(registered& x, const reclaim_rule& rule,
                                reclaim_report& report) const {
  if (x.locked) {
    auto last = std::max(x.seen_at, x.missed_at.value_or(x.seen_at));
    return last < now_ - rule.silence ? "it was silent for too long" : "";
  }
  if (x.missed_at && *x.missed_at < now_ - rule.watched)
    x.missed_at.reset();
  auto over = x.missed_at && *x.missed_at <= now_ - rule.grace;
  if (rule.grace == duration{0} || over)
    return "its process or connection ended";
  ++report.missed;
  if (!x.missed_at)
    x.missed_at = now_;
  return "";
}

void model::free_leases(int incarnation, const std::string& cause,
                        std::optional<int> max_crashes,
                        reclaim_report& report) {
  std::vector<std::string> ids;
  for (const auto& [id, x] : jobs_)
    if (x.where == place::leased && x.holder == incarnation)
      ids.push_back(id);
  for (const auto& id : ids) {
    auto& x = jobs_.at(id);
    auto number = std::to_string(x.seen.attempt);
    x.seen.error
        = "worker died: node '" + nodes_.at(incarnation).name + "' (" + cause
          + ")"
          + (x.recorded ? " during attempt " + number
                        : " before attempt " + number + " was recorded");
    // Nobody began it: the attempt was none.
    if (!x.recorded)
      --x.seen.attempt;
    auto crash = max_crashes && !x.isolated;
    if (crash && x.seen.crashes + 1 >= *max_crashes) {
      auto crashes = x.seen.crashes + 1;
      auto error = x.seen.error + "; crashes: " + std::to_string(crashes)
                   + " of " + std::to_string(*max_crashes);
      job told;
      told.id = id;
      told.last_error = error;
      report.dead.push_back(std::move(told));
      bury(x, error, crashes);
      continue;
    }
    ++report.freed;
    x.seen.crashes += crash ? 1 : 0;
    come_back(x, now_);
  }
}

} // namespace callboard::machine
