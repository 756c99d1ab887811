#pragma once

#include "store/sqlite/statements/sql.hpp"

/// Nodes: who joined, who lives, and what the dead ones held.
namespace callboard::store::sqlite {

inline constexpr auto has_node
    = "select count(*) from callboard_node where id = :id";

inline constexpr auto insert_node = R"sql(
  insert into callboard_node (id, name, address, started_at, seen_at, knows)
  values (:id, :name, :address, :now, :now, :knows)
)sql"_sql;

inline constexpr auto rejoin_node = R"sql(
  update callboard_node
  set name = :name, address = :address, seen_at = :now, missed_at = null
  where id = :id
)sql"_sql;

inline constexpr auto touch_node
    = "update callboard_node set seen_at = :now where id = :id";

inline constexpr auto miss_node
    = "update callboard_node set missed_at = :now where id = :id";

inline constexpr auto delete_node = "delete from callboard_node where id = :id";

inline constexpr auto delete_node_queues
    = "delete from callboard_node_queue where node = :node";

inline constexpr auto insert_node_queue = R"sql(
  insert or replace into callboard_node_queue (
    node, queue, concurrency, running, performed, failed, per_second_milli)
  values (
    :node, :queue, :concurrency, :running, :performed, :failed, :rate)
)sql"_sql;

inline constexpr auto all_nodes = R"sql(
  select id, name, address, started_at, seen_at, missed_at, knows
  from callboard_node
  order by started_at, id
)sql"_sql;

inline constexpr auto node_queues = R"sql(
  select queue, concurrency, running, performed, failed, per_second_milli
  from callboard_node_queue
  where node = :node
  order by queue
)sql"_sql;

inline constexpr auto leased_by = R"sql(
  select {job}, rowid, crashes, unrecorded, isolated
  from callboard_job
  where state = 1 and node = :node
  order by id
)sql"_sql;

inline constexpr auto cancelled_leases = R"sql(
  select id, fence
  from callboard_job
  where state = 1 and node = :node and cancelled
)sql"_sql;

// Whether it is a crash: 1 or 0.
inline constexpr auto free_job = R"sql(
  update callboard_job
  set {freed crashes + :crash},
    crashes = crashes + :crash,
    attempt = max(attempt - unrecorded, 0),
    run_at = :now,
    updated_at = :now,
    last_error = :error
  where rowid = :row
)sql"_sql;

} // namespace callboard::store::sqlite
