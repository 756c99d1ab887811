#include "store/postgres/postgres_store.hpp"
#include "store/postgres/statements/membership.hpp"
#include "store/sql/new_incarnation.hpp"
#include "store/sql/texts.hpp"

#include <utility>

namespace callboard::store {

result<incarnation> postgres_store::join(std::string_view name,
                                         std::string_view address,
                                         std::optional<incarnation> previous) {
  return guarded([&] {
    if (member_)
      connection_->query(postgres::unlock, parameters{}.add(*member_));
    member_.reset();
    if (previous
        && (lock(*previous) || former_->take_over(*previous, *connection_))) {
      parameters values;
      values.add(*previous).add(name).add(address).add(clock());
      if (connection_->change(postgres::rejoin_node, values).changed() > 0) {
        joined(*previous);
        return *previous;
      }
      // Somebody declared it dead before the lock was taken again.
      connection_->query(postgres::unlock, parameters{}.add(*previous));
    }
    if (previous)
      former_->unlocked(*previous);
    auto id = lock_new();
    parameters values;
    values.add(id).add(name).add(address).add(clock());
    connection_->change(postgres::insert_node, values);
    joined(id);
    return id;
  });
}

void postgres_store::joined(incarnation id) {
  member_ = id;
  former_->locked(id, *connection_);
}

bool postgres_store::lock(incarnation id) {
  auto answer = connection_->query(postgres::try_lock, parameters{}.add(id));
  return answer.number(0, 0) != 0;
}

incarnation postgres_store::lock_new() {
  auto id = new_incarnation();
  while (!lock(id))
    id = new_incarnation();
  return id;
}

result<void> postgres_store::heartbeat(const std::vector<node_queue>& queues) {
  if (!member_)
    return not_joined(connection_->name());
  return guarded([&] {
    std::vector<std::string_view> names;
    std::vector<std::int64_t> concurrency, running, performed, failed, rates;
    for (const auto& one : queues) {
      names.push_back(one.queue);
      concurrency.push_back(one.concurrency);
      running.push_back(one.running);
      performed.push_back(one.performed);
      failed.push_back(one.failed);
      rates.push_back(one.per_second_milli);
    }
    parameters values;
    values.add(*member_).add(clock()).add(names).add(concurrency);
    values.add(running).add(performed).add(failed).add(rates);
    if (connection_->change(postgres::heartbeat, values).size() == 0)
      throw failure{declared_dead(connection_->name(), *member_)};
  });
}

result<void> postgres_store::leave() {
  if (!member_)
    return {};
  return guarded([&] {
    postgres_transaction tx{*connection_};
    auto gone
        = connection_->query(postgres::delete_node, parameters{}.add(*member_));
    if (gone.size() > 0) {
      // No job has killed it, so that none is to blame.
      reclaim_report ignored;
      free_jobs({{*member_, gone.text(0, 1), std::string{left_with_jobs}}},
                std::nullopt, ignored);
    }
    tx.commit();
    connection_->query(postgres::unlock, parameters{}.add(*member_));
    former_->unlocked(*member_);
    member_.reset();
  });
}

result<reclaim_report> postgres_store::reclaim(duration silence,
                                               std::int32_t max_crashes) {
  return guarded([&] {
    reclaim_report report;
    postgres_transaction tx{*connection_};
    parameters values;
    values.add(member_.value_or(0)).add(clock()).add(silence.count());
    auto gone = connection_->query(postgres::delete_dead_nodes, values);
    std::vector<dead_node> nodes;
    for (int i = 0; i < gone.size(); ++i) {
      auto silent = gone.number(i, 2) != 0;
      nodes.push_back(
          {gone.number(i, 0), gone.text(i, 1),
           std::string{silent ? silent_too_long : connection_ended}});
      report.nodes.push_back(nodes.back().name);
    }
    // A later statement of the transaction, so that it sees the leases of
    // whoever held the node's row until its deletion went through.
    if (!nodes.empty())
      free_jobs(nodes, max_crashes, report);
    tx.commit();
    return report;
  });
}

void postgres_store::free_jobs(const std::vector<dead_node>& nodes,
                               std::optional<std::int32_t> max_crashes,
                               reclaim_report& report) {
  std::vector<std::int64_t> ids;
  std::vector<std::string_view> names, causes;
  for (const auto& one : nodes) {
    ids.push_back(one.id);
    names.push_back(one.name);
    causes.push_back(one.cause);
  }
  parameters values;
  values.add(ids).add(names).add(causes).add(clock());
  if (max_crashes) {
    auto bury = values;
    bury.add(std::int64_t{*max_crashes});
    auto dead = connection_->query(postgres::bury_orphans, bury);
    for (int i = 0; i < dead.size(); ++i)
      report.dead.push_back(dead.job_at(i, 0));
  }
  values.add(std::int64_t{max_crashes.has_value()});
  auto freed = connection_->query(postgres::free_orphans, values);
  report.freed += static_cast<std::size_t>(freed.changed());
  connection_->query(postgres::delete_node_queues, parameters{}.add(ids));
}

result<std::vector<node_info>> postgres_store::nodes() {
  return guarded([&] {
    auto found = connection_->query(postgres::nodes);
    std::vector<node_info> all;
    for (int i = 0; i < found.size(); ++i) {
      auto id = found.number(i, 0);
      if (all.empty() || all.back().id != id) {
        node_info node;
        node.id = id;
        node.name = found.text(i, 1);
        node.address = found.text(i, 2);
        node.started_at = found.moment(i, 3);
        node.seen_at = found.moment(i, 4);
        node.alive = found.number(i, 5) != 0;
        all.push_back(std::move(node));
      }
      if (found.is_null(i, 6))
        continue;
      all.back().queues.push_back(
          {found.text(i, 6), static_cast<std::int32_t>(found.number(i, 7)),
           static_cast<std::int32_t>(found.number(i, 8)), found.number(i, 9),
           found.number(i, 10), found.number(i, 11)});
    }
    return all;
  });
}

} // namespace callboard::store
