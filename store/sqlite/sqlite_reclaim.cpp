#include "store/sql/moment.hpp"
#include "store/sql/texts.hpp"
#include "store/sqlite/rows.hpp"
#include "store/sqlite/sqlite_work.hpp"

#include <utility>

namespace callboard::store {

result<reclaim_report> sqlite_store::reclaim(const reclaim_rule& rule) {
  return guarded([&] {
    reclaim_report report;
    std::vector<incarnation> unnoted;
    // A cheap look first: whoever finds nothing new does not write.
    if (find_dead_nodes(rule, unnoted, report).empty() && unnoted.empty())
      return report;
    sqlite_transaction tx{*session_, *place_, patience()};
    unnoted.clear();
    report.missed = 0;
    for (const auto& node : find_dead_nodes(rule, unnoted, report)) {
      bury_node(node, rule.max_crashes, report);
      report.nodes.push_back(node.name);
    }
    for (auto id : unnoted)
      sql_.miss_node.run(micros(), id);
    tx.commit();
    return report;
  });
}

std::vector<sqlite_store::dead_node>
sqlite_store::find_dead_nodes(const reclaim_rule& rule,
                              std::vector<incarnation>& unnoted,
                              reclaim_report& report) {
  std::vector<dead_node> found;
  auto now = micros();
  lock_file locks{place_->lock_path()};
  sql_.all_nodes.each([&](auto id, auto& name, auto&, auto, auto seen_at,
                          auto& missed_at, auto) {
    if (member_ && member_->id == id)
      return;
    if (locks.is_locked(liveness_offset(id))) {
      // Who was missed before it came back counts from there, since it could
      // not send a heartbeat.
      if (std::max(seen_at, missed_at.value_or(seen_at))
          < now - rule.silence.count())
        found.push_back(
            {id, name,
             worker_died_text(name, id, silent_too_long, from_micros(now))});
      return;
    }
    if (missed_at && *missed_at < now - rule.watched.count())
      missed_at.reset();
    if (rule.grace <= duration{0}
        || (missed_at && *missed_at <= now - rule.grace.count())) {
      auto when = from_micros(missed_at.value_or(now));
      found.push_back(
          {id, name, worker_died_text(name, id, connection_ended, when)});
      return;
    }
    ++report.missed;
    if (!missed_at)
      unnoted.push_back(id);
  });
  return found;
}

result<void> sqlite_store::leave() {
  if (!member_)
    return {};
  auto done = written([&] {
    dead_node me{member_->id, {}, {}};
    sql_.all_nodes.each(
        [&](auto id, auto& name, auto&, auto, auto, auto&, auto) {
          if (id == me.id)
            me.name = name;
        });
    me.cause = worker_died_text(me.name, me.id, left_with_jobs,
                                from_micros(micros()));
    // No job has killed it, so that none is to blame.
    reclaim_report ignored;
    bury_node(me, std::nullopt, ignored);
  });
  if (done)
    member_.reset();
  return done;
}

void sqlite_store::bury_node(const dead_node& node,
                             std::optional<std::int32_t> max_crashes,
                             reclaim_report& report) {
  std::vector<held_job> held;
  sql_.leased_by.each([&](auto&... x) { held.push_back(to_held(x...)); },
                      node.id);
  auto now = micros();
  for (auto& one : held) {
    auto& value = one.value;
    value.last_error = node.cause + during_attempt(value.attempt, one.recorded);
    if (!one.recorded)
      value.attempt = std::max(value.attempt - 1, 0);
    auto crash = max_crashes && !one.isolated;
    if (!crash || one.crashes + 1 < *max_crashes) {
      sql_.free_job.run(crash, now, value.last_error, one.row);
      ++report.freed;
    } else {
      value.last_error += crash_count(one.crashes + 1, *max_crashes);
      bury({.row = one.row,
            .error = value.last_error,
            .new_crashes = 1,
            .refund = !one.recorded},
           now);
      report.dead.push_back(std::move(value));
    }
  }
  sql_.delete_node_queues.run(node.id);
  sql_.delete_node.run(node.id);
}

} // namespace callboard::store
