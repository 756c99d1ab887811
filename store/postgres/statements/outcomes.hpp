#pragma once

#include "store/postgres/statements/sql.hpp"

/// Starts, outcomes and releases. All compare the lease: $1 ids, $2 fences, and
/// answer whose rows they wrote. A row that another transaction wrote while the
/// statement waited for it is locked by it, but not written: its new version is
/// in no snapshot but that of the next statement (`twice`).
namespace callboard::store::postgres {

// Most are recorded by their lease: those are not written again.
inline constexpr auto start = R"sql(
  with ours as materialized (
    select u.id, u.fence, l.at, l.unrecorded
    from unnest($1::text[], $2::int8[]) u(id, fence)
    cross join {leased_row}),
  started as (
    update callboard_job j
    set unrecorded = false
    where j.ctid = any(array(select o.at from ours o where o.unrecorded))
    returning j.id, j.fence)
  select id, fence from ours where not unrecorded
  union all
  select id, fence from started
)sql"_sql;

// The rows of the large leases to which these jobs belong.
inline constexpr auto lock_leases = R"sql(
  select l.number
  from callboard_lease l
  where l.number = any(array(
    select distinct x.lease
    from unnest($1::text[], $2::int8[]) u(id, fence)
    cross join lateral (
      select j.lease
      from callboard_job j
      where j.id = u.id and j.fence = u.fence and j.state + 0 = 1
        and j.lease > 0) x))
  order by l.number, l.queue
  for update
)sql"_sql;

inline constexpr auto complete = R"sql(
  with gone as (
    delete from callboard_job j
    where j.ctid = any({leased})
    returning j.id, j.fence, j.lease, j.queue),
  off as ({taken_off gone})
  select id, fence from gone
)sql"_sql;

// $3 delays, $4 errors, $5 the clock. The values of the outcomes are joined by
// ctid: a join by id is planned as a walk over the whole key when statistics
// are stale. The same in `reschedule`.
inline constexpr auto retry = R"sql(
  with x as materialized (
    select l.at as place, u.*
    from unnest($1::text[], $2::int8[], $3::int8[], $4::text[])
      u(id, fence, after, error)
    cross join {leased_row}),
  back as (
    update callboard_job j
    set {freed j.crashes},
      run_at = c.now + case when j.cancelled then 0 else x.after end,
      updated_at = c.now,
      last_error = x.error
    from x
    cross join (select {now $5} as now) c
    where j.ctid = any(array(select y.place from x y)) and j.ctid = x.place
    returning j.id, j.fence, j.lease, j.queue),
  off as ({taken_off back})
  select id, fence from back
)sql"_sql;

// $3 errors, $4 the clock.
inline constexpr auto bury = R"sql(
  with gone as (
    delete from callboard_job j
    where j.ctid = any({leased})
    returning j.*),
  kept as (
    insert into {dead_letters}
    select g.id, g.queue, g.type, g.arg, g.request_id, g.priority, g.attempt,
      g.max_attempts, g.crashes, g.fence, g.timeout, g.run_at, g.created_at,
      {now $4}, u.error
    from gone g
    join unnest($1::text[], $2::int8[], $3::text[]) u(id, fence, error)
      on u.id = g.id and u.fence = g.fence),
  off as ({taken_off gone})
  select id, fence from gone
)sql"_sql;

// $3 delays, $4 moments or NULL, $5 new args or NULL, $6 the clock.
inline constexpr auto reschedule = R"sql(
  with x as materialized (
    select l.at as place, u.*
    from unnest($1::text[], $2::int8[], $3::int8[], $4::int8[], $5::bytea[])
      u(id, fence, after, at, arg)
    cross join {leased_row}),
  back as (
    update callboard_job j
    set {freed 0},
      run_at = case when j.cancelled then c.now
        else coalesce(x.at, c.now + x.after) end,
      updated_at = c.now,
      attempt = 0,
      crashes = 0,
      arg = coalesce(x.arg, j.arg)
    from x
    cross join (select {now $6} as now) c
    where j.ctid = any(array(select y.place from x y)) and j.ctid = x.place
    returning j.id, j.fence, j.lease, j.queue),
  off as ({taken_off back})
  select id, fence from back
)sql"_sql;

// $3 a delay, $4 the clock.
inline constexpr auto release = R"sql(
  with back as (
    update callboard_job j
    set {freed j.crashes},
      run_at = case when $3 > 0 and not j.cancelled then {now $4} + $3
        else j.run_at end,
      updated_at = {now $4},
      attempt = greatest(j.attempt - 1, 0)
    where j.ctid = any({leased})
    returning j.id, j.fence, j.lease, j.queue),
  off as ({taken_off back})
  select id, fence from back
)sql"_sql;

} // namespace callboard::store::postgres
