#include "store/migrator.hpp"
#include "store/sql/moment.hpp"
#include "store/sql/new_incarnation.hpp"
#include "store/sql/texts.hpp"
#include "store/sqlite/rows.hpp"
#include "store/sqlite/sqlite_schema.hpp"
#include "store/sqlite/sqlite_work.hpp"

#include <utility>

namespace callboard::store {

result<incarnation> sqlite_store::join(std::string_view name,
                                       std::string_view address,
                                       std::optional<incarnation> previous) {
  member_.reset();
  std::string name_text{name};
  std::string address_text{address};
  auto done = written([&] {
    // The tables may have changed since this connection was made.
    check_not_newer(sqlite_schema(*session_), place_->name()).value();
    auto now = micros();
    // Nobody looks meanwhile, so that nobody finds the node alive and silent.
    std::optional<member> joined;
    if (previous)
      joined = lock_node(*previous);
    // Somebody may have declared it dead before the lock was taken again.
    if (joined
        && sql_.rejoin_node.run(name_text, address_text, now, joined->id) == 0)
      joined.reset();
    auto known = joined.has_value();
    while (!joined)
      joined = lock_node(new_incarnation());
    if (!known)
      sql_.insert_node.run(joined->id, name_text, address_text, now,
                           sqlite_migrations().back().version);
    member_ = std::move(joined);
    return member_->id;
  });
  // Whoever is alone does not look for dead nodes until it hears of another.
  if (done && !place_->temporary())
    (void)guarded([&] { bell().touch(); });
  return done;
}

std::optional<sqlite_store::member> sqlite_store::lock_node(incarnation id) {
  auto lock = std::make_unique<lock_file>(place_->lock_path());
  if (!lock->try_lock(liveness_offset(id)))
    return std::nullopt;
  return member{id, std::move(lock)};
}

result<heartbeat_report>
sqlite_store::heartbeat(const std::vector<node_queue>& queues) {
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
    heartbeat_report report;
    sql_.cancelled_leases.each(
        [&](auto& id, auto fence) {
          report.cancelled.push_back({id, fence});
        },
        member_->id);
    node_standing standing;
    auto ahead = true;
    sql_.all_nodes.each([&](auto id, auto&, auto&, auto, auto, auto&, auto) {
      if (id == member_->id) {
        ahead = false;
        return;
      }
      ++standing.others;
      standing.ahead += ahead;
    });
    report.standing = standing;
    return report;
  });
}

result<std::vector<node_info>> sqlite_store::nodes() {
  return guarded([&] {
    std::vector<node_info> found;
    sql_.all_nodes.each([&](auto id, auto& name, auto& address, auto started_at,
                            auto seen_at, auto&, auto knows) {
      node_info node;
      node.id = id;
      node.name = name;
      node.address = address;
      node.started_at = from_micros(started_at);
      node.seen_at = from_micros(seen_at);
      node.knows = static_cast<int>(knows);
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
