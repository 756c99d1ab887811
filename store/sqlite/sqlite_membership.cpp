#include "store/sql/moment.hpp"
#include "store/sql/new_incarnation.hpp"
#include "store/sql/texts.hpp"
#include "store/sqlite/rows.hpp"
#include "store/sqlite/sqlite_work.hpp"

#include <utility>

namespace callboard::store {

result<incarnation> sqlite_store::join(std::string_view name,
                                       std::string_view address,
                                       std::optional<incarnation> previous) {
  member_.reset();
  std::string name_text{name};
  std::string address_text{address};
  return guarded([&] {
    std::optional<member> joined;
    if (previous)
      joined = lock_node(*previous);
    auto known = joined.has_value();
    while (!joined)
      joined = lock_node(new_incarnation());
    sqlite_transaction tx{*session_, *place_, options_.statement_timeout};
    auto now = micros();
    if (known
        && sql_.rejoin_node.run(name_text, address_text, now, joined->id)
               == 0) {
      // Somebody declared it dead before the lock was taken again.
      known = false;
      joined.reset();
      while (!joined)
        joined = lock_node(new_incarnation());
    }
    if (!known)
      sql_.insert_node.run(joined->id, name_text, address_text, now);
    tx.commit();
    member_ = std::move(joined);
    return member_->id;
  });
}

std::optional<sqlite_store::member> sqlite_store::lock_node(incarnation id) {
  auto lock = std::make_unique<lock_file>(place_->lock_path());
  if (!lock->try_lock(liveness_offset(id)))
    return std::nullopt;
  return member{id, std::move(lock)};
}

result<void> sqlite_store::heartbeat(const std::vector<node_queue>& queues) {
  if (!member_)
    return not_joined(place_->name());
  return written([&] {
    if (sql_.touch_node.run(micros(), member_->id) == 0)
      throw failure{declared_dead(place_->name(), member_->id)};
    sql_.delete_node_queues.run(member_->id);
    for (const auto& one : queues)
      sql_.insert_node_queue.run(member_->id, one.queue, one.concurrency,
                                 one.running, one.performed, one.failed,
                                 one.per_second_milli);
  });
}

result<void> sqlite_store::leave() {
  if (!member_)
    return {};
  dead_node me{member_->id, {}, std::string{left_with_jobs}};
  auto done = written([&] {
    sql_.all_nodes.each([&](auto id, auto& name, auto&, auto, auto) {
      if (id == me.id)
        me.name = name;
    });
    // No job has killed it, so that none is to blame.
    reclaim_report ignored;
    bury_node(me, std::nullopt, ignored);
  });
  if (done)
    member_.reset();
  return done;
}

result<reclaim_report> sqlite_store::reclaim(duration silence,
                                             std::int32_t max_crashes) {
  return guarded([&] {
    reclaim_report report;
    if (find_dead_nodes(silence).empty())
      return report;
    sqlite_transaction tx{*session_, *place_, options_.statement_timeout};
    for (const auto& node : find_dead_nodes(silence)) {
      bury_node(node, max_crashes, report);
      report.nodes.push_back(node.name);
    }
    tx.commit();
    return report;
  });
}

std::vector<sqlite_store::dead_node>
sqlite_store::find_dead_nodes(duration silence) {
  std::vector<dead_node> found;
  auto oldest = micros() - silence.count();
  lock_file locks{place_->lock_path()};
  sql_.all_nodes.each([&](auto id, auto& name, auto&, auto, auto seen_at) {
    if (member_ && member_->id == id)
      return;
    if (!locks.is_locked(liveness_offset(id)))
      found.push_back({id, name, std::string{connection_ended}});
    else if (seen_at < oldest)
      found.push_back({id, name, std::string{silent_too_long}});
  });
  return found;
}

void sqlite_store::bury_node(const dead_node& node,
                             std::optional<std::int32_t> max_crashes,
                             reclaim_report& report) {
  std::vector<stored_job> held;
  sql_.leased_by.each([&](auto&... x) { held.push_back(to_stored(x...)); },
                      node.id);
  auto now = micros();
  for (auto& [value, row, crashes] : held) {
    value.last_error = worker_died_text(node.name, node.cause, value.attempt);
    if (!max_crashes || crashes + 1 < *max_crashes) {
      sql_.free_job.run(max_crashes ? 1 : 0, now, value.last_error, row);
      ++report.freed;
    } else {
      bury(row, 1, value.last_error, now);
      report.dead.push_back(std::move(value));
    }
  }
  sql_.delete_node_queues.run(node.id);
  sql_.delete_node.run(node.id);
}

result<std::vector<node_info>> sqlite_store::nodes() {
  return guarded([&] {
    std::vector<node_info> found;
    sql_.all_nodes.each(
        [&](auto id, auto& name, auto& address, auto started_at, auto seen_at) {
          node_info node;
          node.id = id;
          node.name = name;
          node.address = address;
          node.started_at = from_micros(started_at);
          node.seen_at = from_micros(seen_at);
          found.push_back(std::move(node));
        });
    if (found.empty())
      return found;
    lock_file locks{place_->lock_path()};
    for (auto& node : found) {
      node.alive = locks.is_locked(liveness_offset(node.id));
      sql_.node_queues.each(
          [&](auto& queue, auto concurrency, auto running, auto performed,
              auto failed, auto rate) {
            node.queues.push_back(
                {queue, static_cast<std::int32_t>(concurrency),
                 static_cast<std::int32_t>(running), performed, failed, rate});
          },
          node.id);
    }
    return found;
  });
}

} // namespace callboard::store
