#pragma once

#include "store/postgres/statements/sql.hpp"

/// Nodes: who joined, who lives, and what the dead ones held.
namespace callboard::store::postgres {

inline constexpr auto try_lock = "select pg_try_advisory_lock($1::int8)";
inline constexpr auto unlock = "select pg_advisory_unlock($1::int8)";

// $5 the version of the tables that the program knows; not one row when they
// need a newer one.
inline constexpr auto insert_node = R"sql(
  insert into callboard_node (id, name, address, started_at, seen_at, knows)
  select $1::int8, $2::text, $3::text, c.now, c.now, $5::int8
  from (select {now $4} as now) c
  where not exists (
    select from callboard_migration m where m.needs > $5::int8)
)sql"_sql;

inline constexpr auto rejoin_node = R"sql(
  update callboard_node
  set name = $2::text,
    address = $3::text,
    seen_at = {now $4},
    missed_at = null
  where id = $1::int8
)sql"_sql;

// Whoever is alone does not look for dead nodes until it hears of another.
inline constexpr auto tell_joined = R"sql(
  select pg_notify('callboard_join_' || c.relnamespace, '')
  from pg_class c
  where c.oid = 'callboard_job'::regclass
)sql";

// $1 the node, $2 the clock, then the figures of each queue. Answers one row
// without an id, with how many other nodes there are, how many of them
// registered earlier, whether a lease is due for `hold`, and whether there are
// programs for `free_held`; then the leases that are to be cancelled.
inline constexpr auto heartbeat = R"sql(
  with me as (
    update callboard_node set seen_at = {now $2}
    where id = $1::int8
    returning id, started_at),
  gone as (
    delete from callboard_node_queue q
    using me
    where q.node = me.id and q.queue <> all($3::text[])),
  told as (
    insert into callboard_node_queue (
      node, queue, concurrency, running, performed, failed, per_second_milli)
    select me.id, u.*
    from me
    cross join unnest(
      $3::text[], $4::int8[], $5::int8[], $6::int8[], $7::int8[], $8::int8[]) u
    on conflict (node, queue) do update set
      concurrency = excluded.concurrency,
      running = excluded.running,
      performed = excluded.performed,
      failed = excluded.failed,
      per_second_milli = excluded.per_second_milli),
  ended as (
    delete from callboard_lease l
    using me
    where l.node = me.id and l.remaining <= 0)
  select null::text, o.others, o.ahead,
    exists (select from callboard_lease l where {due_lease}),
    exists (select from callboard_node n where n.knows < 4)
  from me
  cross join lateral (
    select count(*) as others,
      count(*) filter (where (n.started_at, n.id) < (me.started_at, me.id))
        as ahead
    from callboard_node n
    where n.id <> me.id) o
  union all
  select l.id, l.fence, 0, false, false
  from me
  cross join lateral (
    select j.id, j.fence
    from callboard_job j
    where j.cancelled and j.state + 0 = 1 and j.node = me.id
    order by j.queue) l
)sql"_sql;

// $1 the node, $2 the clock. Ends large leases after a moment: of what is
// leased still the node becomes the holder, so that it leaves the line; their
// rows go, whoever removed the other jobs. A lease of which a job is locked
// just now has to wait for the next time.
inline constexpr auto hold = R"sql(
  with due as materialized (
    select l.ctid as at, l.number, l.ids
    from callboard_lease l
    where {due_lease}
    for update skip locked),
  still as materialized (
    select d.at as lease, j.at
    from due d
    cross join unnest(d.ids) k(id)
    cross join lateral (
      select j.ctid as at
      from callboard_job j
      where j.id = k.id and j.lease = d.number and j.state + 0 = 1
        and j.node = $1::int8) j),
  free as materialized (
    select s.lease, x.at
    from still s
    cross join lateral (
      select j.ctid as at
      from callboard_job j
      where j.ctid = s.at
      for update skip locked) x),
  later as materialized (
    select s.lease
    from still s
    left join free f on f.lease = s.lease and f.at = s.at
    where f.at is null),
  held as (
    update callboard_job j
    set holder = $1::int8,
      lease = 0
    where j.ctid = any(array(
      select f.at
      from free f
      where f.lease <> all(array(select w.lease from later w)))))
  delete from callboard_lease l
  where l.ctid = any(array(select d.at from due d))
    and l.ctid <> all(array(select w.lease from later w))
)sql"_sql;

// What a program before version 4 freed of a newer node has a holder still, and
// the node's large leases are left. Two statements, as a migration locks tables
// in an order of its own.
inline constexpr auto free_leases = R"sql(
  delete from callboard_lease l
  where not exists (select from callboard_node n where n.id = l.node)
)sql";

inline constexpr auto free_held = R"sql(
  update callboard_job j
  set holder = null
  where j.ctid = any(array(
    select x.ctid
    from callboard_job x
    where x.holder is not null and x.state + 0 <> 1
    for update skip locked))
)sql"_sql;

// $1 the own node, $2 the clock, $3 the longest silence, $4 the grace, $5 how
// long one has been looking. Notes whose lock is found free first, and answers
// the ids of dead nodes and of those that are only missed. Rows that others are
// using now, perhaps a node that comes back, are not noted. The locks that it
// gets last no longer than the statement.
inline constexpr auto look_at_nodes = R"sql(
  with clock as materialized (select {now $2} as now),
  look as materialized (
    select d.*, pg_try_advisory_xact_lock(d.id) as free
    from callboard_node d
    where d.id <> $1::int8),
  noted as (
    update callboard_node n
    set missed_at = (select now from clock)
    where n.ctid = any(array(
      select m.ctid
      from callboard_node m
      where coalesce(m.missed_at < (select now from clock) - $5::int8, true)
        and m.id = any(array(
          select l.id
          from look l
          where l.free and $4::int8 > 0
            and coalesce(
              l.missed_at < (select now from clock) - $5::int8, true)))
      for update skip locked)))
  select d.id,
    case when d.free then {dead_if_free} else {dead_if_held} end
  from look d
  where d.free or {dead_if_held}
)sql"_sql;

// $1 nodes that looked dead, $2 to $5 as above. A lock that it gets lasts to
// the end of the transaction: nobody can rejoin meanwhile. Rows that others are
// using now, perhaps a node that was stopped in the middle of this, are left to
// a later reclaim. Answers also whether the lock is free: it is this session's
// own then.
inline constexpr auto delete_dead_nodes = R"sql(
  with clock as materialized (select {now $2} as now)
  delete from callboard_node n
  where n.ctid = any(array(
    select d.ctid
    from callboard_node d
    where case
      when d.id <> all($1::int8[]) then false
      when pg_try_advisory_xact_lock(d.id) then {dead_if_free}
      else {dead_if_held} end
    for update skip locked))
  returning n.id, n.name, n.knows, pg_try_advisory_xact_lock(n.id),
    coalesce(n.missed_at, (select now from clock)), (select now from clock)
)sql"_sql;

inline constexpr auto delete_node = R"sql(
  delete from callboard_node where id = $1::int8
  returning id, name, knows, {now $2}
)sql"_sql;

inline constexpr auto delete_node_rows = R"sql(
  with leases as (
    delete from callboard_lease where node = any($1::int8[]))
  delete from callboard_node_queue where node = any($1::int8[])
)sql"_sql;

// Before they are written: a job that somebody wrote to meanwhile, such as a
// cancel, is locked by this statement, and seen by the next ones. $1 nodes, $5
// which version of the tables each knows; the others as below.
inline constexpr auto lock_orphans = R"sql(
  select cardinality({orphans}), $2::text[], $3::int8, $4::int8
)sql"_sql;

// $1 nodes, $2 their causes, $3 the clock, $4 the most crashes, $5 which
// version of the tables each node knows.
inline constexpr auto bury_orphans = R"sql(
  with gone as (
    delete from callboard_job j
    where j.ctid = any({orphans}) and not j.isolated
      and j.crashes + 1 >= $4::int8
    returning j.*)
  insert into {dead_letters}
  select g.id, g.queue, g.type, g.arg, g.request_id, g.priority,
    greatest(g.attempt - g.unrecorded::int4, 0), g.max_attempts, g.crashes + 1,
    g.fence, g.timeout, g.run_at, g.created_at, {now $3},
    {blame g} || '; crashes: ' || g.crashes + 1 || ' of ' || $4::int8
  from gone g
  join unnest($1::int8[], $2::text[]) u(node, cause) on u.node = g.node
  returning job_id, queue, type, arg, request_id, attempt, max_attempts,
    priority, last_error, run_at, created_at, timeout
)sql"_sql;

// As above, but $4 whether it is a crash: 1 or 0. What was to be buried is
// gone already.
inline constexpr auto free_orphans = R"sql(
  update callboard_job j
  set {freed j.crashes + $4::int8 * (not j.isolated)::int4},
    crashes = j.crashes + $4::int8 * (not j.isolated)::int4,
    attempt = greatest(j.attempt - j.unrecorded::int4, 0),
    run_at = c.now,
    updated_at = c.now,
    last_error = {blame j}
  from unnest($1::int8[], $2::text[]) u(node, cause)
  cross join (select {now $3} as now) c
  where j.ctid = any({orphans}) and j.node = u.node
)sql"_sql;

inline constexpr auto nodes = R"sql(
  select n.id, n.name, n.address, n.started_at, n.seen_at,
    {lock_held n}, n.knows,
    q.queue, q.concurrency, q.running, q.performed, q.failed,
    q.per_second_milli
  from callboard_node n
  left join callboard_node_queue q on q.node = n.id
  order by n.started_at, n.id, q.queue
)sql"_sql;

} // namespace callboard::store::postgres
