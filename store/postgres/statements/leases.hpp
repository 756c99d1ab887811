#pragma once

#include "store/postgres/statements/sql.hpp"

/// Jobs out.
namespace callboard::store::postgres {

// One statement for all queues. $1 the node, $2 the clock; of each request
// $3 the queue, $4 the limit, $5 whether a suspect may come, $6 how many start
// at once, $7 whether isolated; of each known priority $8 its request, $9 the
// priority, $10 and $14 the first moment and id to look at; of each gap between
// them $11 its request, $12 and $13 the bounds; $15 how many jobs make the
// lease a large one. The node's row is locked against a `reclaim`, which
// deletes it before it looks for the node's jobs. Answers rows of three kinds:
// 0 one for each request (number, queue, found, suspect given, next run, now);
// 1 leased jobs; 2 jobs that went to the dead letters.
inline constexpr auto lease = R"sql(
  with recursive me as materialized (
    select id from callboard_node where id = $1::int8 for key share),
  clock as materialized (select {now $2} as now),
  request as materialized (
    select r.*
    from me
    cross join unnest($3::text[], $4::int8[], $5::int8[], $6::int8[], $7::int8[])
      with ordinality r(queue, wanted, suspects, start, isolated, number)),

  -- The first due suspect of each queue: it goes alone.
  suspect as materialized (
    select r.number, s.at, s.spent
    from request r
    cross join lateral (
      select j.ctid as at, {spent} as spent
      from callboard_job j
      where {suspected} and j.state = 2 and j.queue = r.queue
        and j.run_at <= (select now from clock)
      order by j.priority, j.run_at, j.id
      limit 1
      for update skip locked) s
    where r.suspects = 1),

  -- The priorities of each queue: those known, and in the gaps one by one. Of
  -- some all jobs may be leased.
  line as materialized (
    select r.number, h.priority::int2 as priority, h.low, h.low_id
    from request r
    join unnest($8::int8[], $9::int8[], $10::int8[], $14::text[])
      h(number, priority, low, low_id)
      on h.number = r.number
    union all
    select r.number, p.priority, -9223372036854775808, ''
    from unnest($11::int8[], $12::int8[], $13::int8[]) g(number, above, below)
    join request r on r.number = g.number
    cross join lateral (
      with recursive step as (
        (select j.priority
         from callboard_job j
         where {lined} and j.queue = r.queue
           and j.priority > g.above and j.priority < g.below
         order by j.priority
         limit 1)
        union all
        select (
          select j.priority
          from callboard_job j
          where {lined} and j.queue = r.queue
            and j.priority > s.priority and j.priority < g.below
          order by j.priority
          limit 1)
        from step s
        where s.priority is not null)
      select s.priority from step s where s.priority is not null) p),

  -- The due jobs of each queue, by priority, due time, id; each that is given
  -- out has its place.
  ready as materialized (
    select r.number, x.at, x.spent, x.place > r.start as later
    from request r
    cross join lateral (
      select z.at, z.spent, count(*) filter (where not z.spent)
        over (rows unbounded preceding) as place
      from (
        select y.at, y.spent
        from (
          select l.priority, l.low, l.low_id
          from line l
          where l.number = r.number
          order by l.priority) l
        cross join lateral (
          select j.ctid as at, {spent} as spent
          from callboard_job j
          where {lined} and j.state = 0
            and j.queue = r.queue and j.priority = l.priority
            and (j.run_at, j.id) >= (l.low, l.low_id)
            and j.run_at <= (select now from clock)
          order by j.run_at, j.id
          limit r.wanted
          for update skip locked) y
        limit r.wanted) z) x
    where not exists (
      select from suspect s where s.number = r.number and not s.spent)),

  picked as materialized (
    select s.*, false as later, true as suspect from suspect s
    union all
    select r.*, false from ready r),
  -- Of a large lease. Where many nodes lease, each passes by what the others
  -- took a moment ago, which costs more than is won.
  ticket as materialized (
    select nextval('callboard_lease_number') as number
    from picked p
    where not p.spent
    having count(*) >= $15::int8
      and (select count(*) from callboard_node) <= 3),
  -- Two, since a row can't be told by its place without a join.
  started as (
    {take false}
    where j.ctid = any(array(
      select p.at from picked p where not p.spent and not p.later))
    returning {job}, j.fence, j.unrecorded),
  prefetched as (
    {take true}
    where j.ctid = any(array(
      select p.at from picked p where not p.spent and p.later))
    returning {job}, j.fence, j.unrecorded),
  noted as (
    insert into callboard_lease (
      number, queue, node, remaining, look_at, ids)
    select t.number, x.queue, $1::int8, count(*),
      (select now from clock) + {short}, array_agg(x.id)
    from ticket t
    cross join (
      select s.id, s.queue from started s
      union all
      select p.id, p.queue from prefetched p) x
    group by t.number, x.queue),
  spent as (
    delete from callboard_job j
    where j.ctid = any(array(select p.at from picked p where p.spent))
    returning j.*),
  buried as (
    insert into {dead_letters}
    select s.id, s.queue, s.type, s.arg, s.request_id, s.priority, s.attempt,
      s.max_attempts, s.crashes, s.fence, s.timeout, s.run_at, s.created_at,
      (select now from clock),
      case when s.cancelled then 'cancelled'
        else 'attempts used up (' || s.attempt || ')' end ||
        case when s.last_error = '' then '' else ': ' || s.last_error end
    from spent s
    returning job_id, queue, type, arg, request_id, attempt, max_attempts,
      priority, last_error, run_at, created_at, timeout),

  summary as materialized (
    select r.number, r.queue, r.wanted, r.suspects, count(p.at) as found,
      coalesce(bool_or(p.suspect and not p.spent), false) as alone
    from request r
    left join picked p on p.number = r.number
    group by r.number, r.queue, r.wanted, r.suspects)
  select 0 as kind, s.number::text, s.queue, '', ''::bytea, '',
    s.found::int4, s.alone::int4, 0::int2, '',
    case when s.found < s.wanted then least(
      (select min(f.run_at)
       from line l
       cross join lateral (
         select j.run_at
         from callboard_job j
         where {lined} and j.state = 0
           and j.queue = s.queue and j.priority = l.priority
           and j.run_at >= case
             when s.alone then l.low
             else (select now + 1 from clock) end
         order by j.run_at
         limit 1) f
       where l.number = s.number),
      (select j.run_at
       from callboard_job j
       where {suspected} and j.state = 2 and j.queue = s.queue
         and j.run_at > (select now from clock)
         and s.suspects = 1 and not s.alone
       order by j.run_at
       limit 1)) end,
    (select now from clock), 0::int8, 0::int8, false
  from summary s
  union all
  select 1, s.* from started s
  union all
  select 1, p.* from prefetched p
  union all
  select 2, b.*, 0, false from buried b
)sql"_sql;

// No row: the node is not registered. A row without an id: it holds nothing.
inline constexpr auto held = R"sql(
  select coalesce(j.id, ''), coalesce(j.fence, 0)
  from callboard_node n
  left join lateral (
    select j.id, j.fence
    from callboard_job j
    where j.holder = n.id and j.state + 0 = 1 and j.node = n.id
    union all
    select j.id, j.fence
    from callboard_lease l
    cross join unnest(l.ids) k(id)
    cross join lateral (
      select j.id, j.fence
      from callboard_job j
      where j.id = k.id and j.lease = l.number and j.state + 0 = 1
        and j.node = n.id) j
    where l.node = n.id) j on true
  where n.id = $1::int8
)sql"_sql;

} // namespace callboard::store::postgres
