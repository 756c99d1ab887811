#pragma once

#include "store/postgres/statements/sql.hpp"

/// What people ask and do.
namespace callboard::store::postgres {

inline constexpr auto now = R"sql(
  select {now $1}
)sql"_sql;

inline constexpr auto find_job = R"sql(
  select {job_info}
  from callboard_job j
  left join callboard_node n on n.id = j.node
  where j.id = $3::text
)sql"_sql;

inline constexpr auto find_dead = R"sql(
  select {dead_info}
  from callboard_dead_job d
  where d.job_id = $2::text
  order by d.sequence desc
  limit 1
)sql"_sql;

// $3 after which id; $4 queue, $5 type, $6 state, $7 whether due: or NULL.
inline constexpr auto list_jobs = R"sql(
  select {job_info}
  from callboard_job j
  left join callboard_node n on n.id = j.node
  where j.id > $3::text
    and ($4::text is null or j.queue = $4::text)
    and ($5::text is null or j.type = $5::text)
    and ($6::int8 is null or j.state = $6::int8)
    and ($7::int8 is null or (j.run_at <= {now $2})::int4 = $7::int8)
  order by j.id
  limit $8::int8
)sql"_sql;

// Of several dead letters with one id the newest. $2 after which id; $3 queue
// and $4 type, or NULL.
inline constexpr auto list_dead_jobs = R"sql(
  select {dead_info}
  from callboard_dead_job d
  where d.job_id > $2::text
    and ($3::text is null or d.queue = $3::text)
    and ($4::text is null or d.type = $4::text)
    and not exists (
      select
      from callboard_dead_job e
      where e.job_id = d.job_id and e.sequence > d.sequence)
  order by d.job_id
  limit $5::int8
)sql"_sql;

// $2 after which sequence; $3 queue and $4 type, or NULL; $5 whether by the
// ids in $6.
inline constexpr auto list_dead = R"sql(
  select {dead_info}
  from callboard_dead_job d
  where d.sequence > $2::int8
    and ($3::text is null or d.queue = $3::text)
    and ($4::text is null or d.type = $4::text)
    and ($5::int8 = 0 or d.job_id = any($6::text[]))
  order by d.sequence
  limit $7::int8
)sql"_sql;

// Of several with one id, the newest comes back. $7 the clock.
inline constexpr auto retry_dead = R"sql(
  with {pick_dead},
  newest as materialized (
    select distinct on (d.job_id) d.*
    from callboard_dead_job d
    where d.sequence = any(array(select p.sequence from pick p))
    order by d.job_id, d.sequence desc),
  clock as materialized (select {now $7} as now),
  back as (
    insert into callboard_job (
      id, queue, type, arg, request_id, priority, max_attempts, timeout,
      run_at, created_at, updated_at, last_error)
    select n.job_id, n.queue, n.type, n.arg, n.request_id, n.priority,
      n.max_attempts, n.timeout, c.now, n.created_at, c.now, n.last_error
    from newest n
    cross join clock c
    on conflict (id) do nothing
    returning id)
  delete from callboard_dead_job d
  using newest n, back b
  where d.sequence = n.sequence and n.job_id = b.id
)sql"_sql;

inline constexpr auto purge_dead = R"sql(
  with {pick_dead}
  delete from callboard_dead_job d
  where d.sequence = any(array(select p.sequence from pick p))
)sql"_sql;

// $1 ids; `twice`, as outcomes are. An empty hint tells every node to look
// which of its leases are marked.
inline constexpr auto cancel = R"sql(
  with known as materialized (
    select u.id, l.at, l.leased
    from unnest($1::text[]) u(id)
    cross join lateral (
      select j.ctid as at, j.state + 0 = 1 as leased
      from callboard_job j
      where j.id = u.id
      for update) l),
  gone as (
    delete from callboard_job j
    where j.ctid = any(array(select k.at from known k where not k.leased))
    returning j.id),
  marked as (
    update callboard_job j
    set cancelled = true
    where j.ctid = any(array(select k.at from known k where k.leased))
    returning j.id),
  told as materialized (
    select pg_notify('callboard_wake_' || c.relnamespace, '')
    from pg_class c
    where c.oid = 'callboard_job'::regclass
      and exists (select from marked))
  select g.id, false, 0 from gone g
  union all
  select m.id, true, (select count(*) from told) from marked m
)sql"_sql;

// Queues and priorities step by step, so that each is one look at an index.
// $1 the clock, $2 the cap and one. Answers queue, kind (0 waiting, 1 delayed,
// 2 suspect, 3 running, 4 dead), count, the oldest moment, now.
inline constexpr auto counts = R"sql(
  with recursive clock as materialized (select {now $1} as now),
  line(queue, priority) as (
    (select j.queue, j.priority
     from callboard_job j
     where {lined}
     order by j.queue, j.priority
     limit 1)
    union all
    select n.queue, n.priority
    from line l
    cross join lateral (
      select j.queue, j.priority
      from callboard_job j
      where {lined} and (j.queue, j.priority) > (l.queue, l.priority)
      order by j.queue, j.priority
      limit 1) n),
  suspect(queue) as (
    (select j.queue
     from callboard_job j
     where {suspected}
     order by j.queue
     limit 1)
    union all
    select n.queue
    from suspect s
    cross join lateral (
      select j.queue
      from callboard_job j
      where {suspected} and j.queue > s.queue
      order by j.queue
      limit 1) n),
  held(holder, queue) as (
    (select j.holder, j.queue
     from callboard_job j
     where j.holder is not null
     order by j.holder, j.queue
     limit 1)
    union all
    select n.holder, n.queue
    from held h
    cross join lateral (
      select j.holder, j.queue
      from callboard_job j
      where j.holder is not null and (j.holder, j.queue) > (h.holder, h.queue)
      order by j.holder, j.queue
      limit 1) n),
  -- Nodes before version 4 only tell how many they run.
  leased(queue, found) as (
    select h.queue, c.found
    from held h
    cross join lateral (
      select count(*) as found
      from (
        select
        from callboard_job j
        where j.holder = h.holder and j.queue = h.queue
        limit $2::int8) x) c
    union all
    select l.queue, l.remaining
    from callboard_lease l
    union all
    select q.queue, q.running
    from callboard_node_queue q
    join callboard_node n on n.id = q.node
    where n.knows < 4),
  dead(queue) as (
    (select d.queue
     from callboard_dead_job d
     order by d.queue
     limit 1)
    union all
    select n.queue
    from dead x
    cross join lateral (
      select d.queue
      from callboard_dead_job d
      where d.queue > x.queue
      order by d.queue
      limit 1) n)

  select l.queue, 0, c.found,
    (select j.run_at
     from callboard_job j
     where {lined} and j.state = 0
       and j.queue = l.queue and j.priority = l.priority
     order by j.run_at
     limit 1),
    (select now from clock)
  from line l
  cross join lateral (
    select count(*) as found
    from (
      select
      from callboard_job j
      where {lined} and j.state = 0
        and j.queue = l.queue and j.priority = l.priority
        and j.run_at <= (select now from clock)
      limit $2::int8) x) c
  union all
  select l.queue, 1, c.found, null, (select now from clock)
  from line l
  cross join lateral (
    select count(*) as found
    from (
      select
      from callboard_job j
      where {lined} and j.state = 0
        and j.queue = l.queue and j.priority = l.priority
        and j.run_at > (select now from clock)
      limit $2::int8) x) c
  union all
  select s.queue, 2, c.found, c.oldest, (select now from clock)
  from suspect s
  cross join lateral (
    select count(*) as found, min(x.run_at) as oldest
    from (
      select j.run_at
      from callboard_job j
      where {suspected} and j.state = 2 and j.queue = s.queue
      limit $2::int8) x) c
  union all
  select l.queue, 3, least(sum(l.found), $2::int8)::int8, null,
    (select now from clock)
  from leased l
  group by l.queue
  having sum(l.found) > 0
  union all
  select d.queue, 4, c.found, null, (select now from clock)
  from dead d
  cross join lateral (
    select count(*) as found
    from (
      select
      from callboard_dead_job x
      where x.queue = d.queue
      limit $2::int8) x) c
)sql"_sql;

} // namespace callboard::store::postgres
