#pragma once

#include "store/postgres/statements/sql.hpp"

/// Jobs in.
namespace callboard::store::postgres {

// $1 the clock; of each job its columns, and a moment or a delay. As many
// calls of unnest are quicker than one of all: their rows are stored nowhere.
inline constexpr auto enqueue = R"sql(
  with clock as materialized (select {now $1} as now)
  insert into callboard_job (
    id, queue, type, arg, request_id, priority, max_attempts, timeout, run_at,
    created_at, updated_at)
  select u.id, u.queue, u.type, u.arg, u.request_id, u.priority,
    u.max_attempts, u.timeout, coalesce(u.run_at, c.now + u.delay), c.now, c.now
  from clock c
  cross join (
    select unnest($2::text[]) as id, unnest($3::text[]) as queue,
      unnest($4::text[]) as type, unnest($5::bytea[]) as arg,
      unnest($6::text[]) as request_id, unnest($7::int8[]) as priority,
      unnest($8::int8[]) as max_attempts, unnest($9::int8[]) as timeout,
      unnest($10::int8[]) as run_at, unnest($11::int8[]) as delay) u
)sql"_sql;

// The same for a single job, which arrays would cost a tenth of its time.
inline constexpr auto enqueue_one = R"sql(
  insert into callboard_job (
    id, queue, type, arg, request_id, priority, max_attempts, timeout, run_at,
    created_at, updated_at)
  select $2::text, $3::text, $4::text, $5::bytea, $6::text, $7::int8, $8::int8,
    $9::int8, coalesce($10::int8, c.now + $11::int8), c.now, c.now
  from (select {now $1} as now) c
)sql"_sql;

// One channel for each schema of a database; queues are at most 255 bytes.
inline constexpr auto wake = R"sql(
  select pg_notify('callboard_wake_' || c.relnamespace, u.queue)
  from pg_class c
  cross join unnest($1::text[]) u(queue)
  where c.oid = 'callboard_job'::regclass
)sql"_sql;

// The channels of `wake`, and of nodes that join.
inline constexpr auto channels = R"sql(
  select 'callboard_wake_' || relnamespace, 'callboard_join_' || relnamespace
  from pg_class
  where oid = 'callboard_job'::regclass
)sql"_sql;

} // namespace callboard::store::postgres
