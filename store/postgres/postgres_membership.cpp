#include "store/migrator.hpp"
#include "store/postgres/postgres_schema.hpp"
#include "store/postgres/postgres_store.hpp"
#include "store/postgres/statements/connection.hpp"
#include "store/postgres/statements/membership.hpp"
#include "store/sql/new_incarnation.hpp"
#include "store/sql/texts.hpp"

#include <utility>

namespace callboard::store {

result<incarnation> postgres_store::join(std::string_view name,
                                         std::string_view address,
                                         std::optional<incarnation> previous) {
  return guarded([&] {
    // The lock of a node is a session's.
    if (past_pooler_) {
      connection_ = past_pooler_(connection_->gives_up_at());
      past_pooler_ = {};
    }
    // The tables may have changed since this connection was made.
    auto status = postgres_schema(*connection_);
    check_not_newer(status, connection_->name()).value();
    if (member_)
      connection_->query(postgres::unlock, parameters{}.add(*member_));
    member_.reset();
    if (previous && rejoin(*previous, name, address)) {
      joined(*previous);
      return *previous;
    }
    if (previous)
      former_->unlocked(*previous);
    auto id = lock_new();
    parameters values;
    values.add(id).add(name).add(address).add(clock());
    values.add(std::int64_t{status.required});
    if (connection_->change(postgres::insert_node, values).changed() == 0) {
      // Somebody has migrated them since.
      connection_->query(postgres::unlock, parameters{}.add(id));
      check_not_newer(postgres_schema(*connection_), connection_->name())
          .value();
    }
    joined(id);
    return id;
  });
}

void postgres_store::joined(incarnation id) {
  member_ = id;
  former_->locked(id, *connection_);
  free_for_older();
  connection_->query(postgres::tell_joined);
}

void postgres_store::free_for_older() {
  connection_->query(postgres::free_held);
  connection_->query(postgres::free_leases);
}

bool postgres_store::rejoin(incarnation id, std::string_view name,
                            std::string_view address) {
  if (take_up(id, name, address, false))
    return true;
  auto held = former_->end(id, *connection_);
  if (!held)
    return false;
  try {
    return take_up(id, name, address, true);
  } catch (const failure& what) {
    if (what.code() != errc::database_busy)
      throw;
    if (!*held)
      return false;
    throw failure{{errc::database_busy,
                   connection_->name()
                       + " still holds the lock of this node's former"
                         " connection: it goes when the server notices that"
                         " nobody is behind it"}};
  }
}

// The row first: while it is locked, no reclaim takes the node for one that is
// alive and silent.
bool postgres_store::take_up(incarnation id, std::string_view name,
                             std::string_view address, bool waiting) {
  postgres_transaction tx{*connection_};
  parameters values;
  values.add(id).add(name).add(address).add(clock());
  if (connection_->query(postgres::rejoin_node, values).changed() == 0)
    return false;
  if (waiting) {
    connection_->run(postgres::wait_a_moment);
    connection_->query(postgres::lock, parameters{}.add(id));
  } else if (!lock(id)) {
    return false;
  }
  tx.commit();
  return true;
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

result<heartbeat_report>
postgres_store::heartbeat(const std::vector<node_queue>& queues) {
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
    auto answer = connection_->change(postgres::heartbeat, values);
    if (answer.size() == 0)
      throw failure{declared_dead(connection_->name(), *member_)};
    heartbeat_report report;
    auto due = false;
    auto older = false;
    for (int i = 0; i < answer.size(); ++i)
      if (answer.is_null(i, 0)) {
        report.standing = {static_cast<std::size_t>(answer.number(i, 1)),
                           static_cast<std::size_t>(answer.number(i, 2))};
        due = answer.number(i, 3) != 0;
        older = answer.number(i, 4) != 0;
      } else {
        report.cancelled.push_back({answer.text(i, 0), answer.number(i, 1)});
      }
    if (due)
      connection_->change(postgres::hold,
                          parameters{}.add(*member_).add(clock()));
    if (older)
      free_for_older();
    return report;
  });
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
        node.knows = static_cast<int>(found.number(i, 6));
        all.push_back(std::move(node));
      }
      if (found.is_null(i, 7))
        continue;
      all.back().queues.push_back(
          {found.text(i, 7), static_cast<std::int32_t>(found.number(i, 8)),
           static_cast<std::int32_t>(found.number(i, 9)), found.number(i, 10),
           found.number(i, 11), found.number(i, 12)});
    }
    return all;
  });
}

} // namespace callboard::store
