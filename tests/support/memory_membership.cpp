#include "tests/support/memory_connection.hpp"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>

namespace callboard::testing {

result<incarnation>
memory_connection::join(std::string_view name, std::string_view address,
                        std::optional<incarnation> previous) {
  return perform<incarnation>("join", [&]() -> result<incarnation> {
    auto now = state_->now();
    if (joined_)
      unlock();
    auto known = previous ? state_->nodes.find(*previous) : state_->nodes.end();
    if (known == state_->nodes.end() || known->second.lock != 0) {
      known = state_->nodes.try_emplace(++state_->last_node).first;
      known->second.started_at = now;
    }
    known->second.name = name;
    known->second.address = address;
    known->second.seen_at = now;
    known->second.missed_at.reset();
    known->second.lock = connection_;
    joined_ = known->first;
    for (auto& [listener, heard] : state_->heard_by)
      heard.joined = true;
    state_->changed.notify_all();
    return *joined_;
  });
}

result<heartbeat_report>
memory_connection::heartbeat(const std::vector<node_queue>& queues) {
  using report = heartbeat_report;
  return perform<report>("heartbeat", [&]() -> result<report> {
    auto* me = member();
    if (!me)
      return lost();
    me->seen_at = state_->now();
    me->queues = queues;
    report told;
    for (const auto& [id, x] : state_->rows)
      if (x.state == row::leased && x.node == *joined_ && x.cancelled)
        told.cancelled.push_back({id, x.fence});
    node_standing standing;
    for (const auto& [id, x] : state_->nodes)
      if (id != *joined_) {
        ++standing.others;
        standing.ahead
            += std::tie(x.started_at, id) < std::tie(me->started_at, *joined_);
      }
    told.standing = standing;
    return told;
  });
}

result<void> memory_connection::leave() {
  return perform<void>("leave", [&]() -> result<void> {
    if (!joined_)
      return {};
    reclaim_report ignored;
    state_->free_leases(*joined_, "it left while it held jobs", state_->now(),
                        std::nullopt, ignored);
    state_->nodes.erase(*joined_);
    joined_.reset();
    return {};
  });
}

result<reclaim_report> memory_connection::reclaim(const reclaim_rule& rule) {
  return perform<reclaim_report>("reclaim", [&]() -> result<reclaim_report> {
    reclaim_report report;
    auto now = state_->now();
    for (auto at = state_->nodes.begin(); at != state_->nodes.end();) {
      auto& [id, node] = *at;
      auto cause = joined_ == id ? "" : dead_because(node, rule, report);
      if (*cause == '\0') {
        ++at;
        continue;
      }
      auto when = node.lock == 0 ? node.missed_at.value_or(now) : now;
      report.nodes.push_back(node.name);
      state_->free_leases(id, cause, when, rule.max_crashes, report);
      at = state_->nodes.erase(at);
    }
    return report;
  });
}

result<std::vector<node_info>> memory_connection::nodes() {
  using all = std::vector<node_info>;
  return perform<all>("nodes", [&]() -> result<all> {
    all found;
    for (const auto& [id, x] : state_->nodes)
      found.push_back({id, x.name, x.address, x.started_at, x.seen_at,
                       x.lock != 0, 3, x.queues});
    return found;
  });
}

const char* memory_connection::dead_because(memory_state::node& x,
                                            const reclaim_rule& rule,
                                            reclaim_report& report) {
  auto now = state_->now();
  if (x.lock != 0)
    return std::max(x.seen_at, x.missed_at.value_or(x.seen_at))
                   < now - rule.silence
               ? "it was silent for too long"
               : "";
  if (x.missed_at && *x.missed_at < now - rule.watched)
    x.missed_at.reset();
  if (rule.grace <= duration{0}
      || (x.missed_at && *x.missed_at <= now - rule.grace))
    return "its process or connection ended";
  ++report.missed;
  if (!x.missed_at)
    x.missed_at = now;
  return "";
}

} // namespace callboard::testing
