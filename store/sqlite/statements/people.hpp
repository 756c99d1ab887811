#pragma once

#include "store/sqlite/statements/sql.hpp"

/// What people ask and do.
namespace callboard::store::sqlite {

inline constexpr auto find_job = R"sql(
  select {job_info}
  from callboard_job j
  left join callboard_node n on n.id = j.node
  where j.id = :id
)sql"_sql;

inline constexpr auto find_dead = R"sql(
  select {dead_info}
  from callboard_dead_job
  where job_id = :id
  order by sequence desc
  limit 1
)sql"_sql;

inline constexpr auto list_jobs = R"sql(
  select {job_info}
  from callboard_job j
  left join callboard_node n on n.id = j.node
  where j.id > :after
    and (:queue is null or j.queue = :queue)
    and (:type is null or j.type = :type)
    and (:state is null or j.state = :state)
    and (:due is null or (j.run_at <= :now) = :due)
  order by j.id
  limit :limit
)sql"_sql;

// Of several dead letters with one id the newest.
inline constexpr auto list_dead_jobs = R"sql(
  select {dead_info}
  from callboard_dead_job d
  where job_id > :after
    and (:queue is null or queue = :queue)
    and (:type is null or type = :type)
    and not exists (
      select 1
      from callboard_dead_job e
      where e.job_id = d.job_id and e.sequence > d.sequence)
  order by job_id
  limit :limit
)sql"_sql;

inline constexpr auto list_dead = R"sql(
  select {dead_info}
  from callboard_dead_job
  where sequence > :after
    and (:queue is null or queue = :queue)
    and (:type is null or type = :type)
  order by sequence
  limit :limit
)sql"_sql;

inline constexpr auto list_dead_of = R"sql(
  select {dead_info}
  from callboard_dead_job
  where job_id = :id and sequence > :after
    and (:queue is null or queue = :queue)
    and (:type is null or type = :type)
  order by sequence
  limit :limit
)sql"_sql;

inline constexpr auto revive_dead = R"sql(
  insert or ignore into callboard_job (
    id, queue, type, arg, request_id, priority, max_attempts, timeout, run_at,
    created_at, updated_at, last_error)
  select job_id, queue, type, arg, request_id, priority, max_attempts, timeout,
    :now, created_at, :now, last_error
  from callboard_dead_job
  where sequence = :sequence
)sql"_sql;

inline constexpr auto delete_dead
    = "delete from callboard_dead_job where sequence = :sequence";

inline constexpr auto cancel_job
    = "delete from callboard_job where id = :id and +state <> 1";

inline constexpr auto mark_cancelled
    = "update callboard_job set cancelled = 1 where id = :id";

// -- counts ------------------------------------------------------------------

// Queues and priorities step by step, so that each is one look at an index.
inline constexpr auto next_waiting_line = R"sql(
  select queue, priority
  from callboard_job
  where state = 0 and (queue, priority) > (:queue, :priority)
  order by queue, priority
  limit 1
)sql"_sql;

inline constexpr auto next_suspect_queue = R"sql(
  select queue
  from callboard_job
  where state = 2 and queue > :queue
  order by queue
  limit 1
)sql"_sql;

inline constexpr auto next_leased_queue = R"sql(
  select queue
  from callboard_job
  where state = 1 and node = :node and queue > :queue
  order by queue
  limit 1
)sql"_sql;

inline constexpr auto next_dead_queue = R"sql(
  select queue
  from callboard_dead_job
  where queue > :queue
  order by queue
  limit 1
)sql"_sql;

inline constexpr auto count_waiting = R"sql(
  select count(*)
  from (
    select 1
    from callboard_job
    where state = 0 and queue = :queue and priority = :priority
      and run_at <= :now
    limit :cap)
)sql"_sql;

inline constexpr auto count_delayed = R"sql(
  select count(*)
  from (
    select 1
    from callboard_job
    where state = 0 and queue = :queue and priority = :priority
      and run_at > :now
    limit :cap)
)sql"_sql;

inline constexpr auto count_suspect = R"sql(
  select count(*), min(run_at)
  from (
    select run_at
    from callboard_job
    where state = 2 and queue = :queue
    limit :cap)
)sql"_sql;

inline constexpr auto count_leased = R"sql(
  select count(*)
  from (
    select 1
    from callboard_job
    where state = 1 and node = :node and queue = :queue
    limit :cap)
)sql"_sql;

inline constexpr auto count_dead = R"sql(
  select count(*)
  from (
    select 1
    from callboard_dead_job
    where queue = :queue
    limit :cap)
)sql"_sql;

} // namespace callboard::store::sqlite
