#pragma once

#include "store/sql/expand.hpp"

namespace callboard::store::postgres {

/// What several statements of the PostgreSQL dialect share. Three rules keep
/// the plans good when statistics say that a busy table is empty: rows are
/// reached by `ctid = any(array(select ... for update))`, each key by its own
/// `cross join lateral`, and a leased row is asked for by `state + 0 = 1`,
/// which no partial index answers.
inline constexpr fragment fragments[] = {
    // The present moment; a test's clock, the parameter, replaces it.
    {"now", "coalesce(@::int8,"
            " (extract(epoch from clock_timestamp()) * 1000000)::int8)"},

    {"job", R"sql(
    j.id, j.queue, j.type, j.arg, j.request_id, j.attempt, j.max_attempts,
    j.priority, j.last_error, j.run_at, j.created_at, j.timeout)sql"},

    // $1 whether with args, $2 the clock.
    {"job_info", R"sql(
    j.id, j.queue, j.type,
    case when $1::int8 = 1 then j.arg else ''::bytea end, j.request_id,
    j.attempt, j.max_attempts, j.priority, j.last_error, j.run_at,
    j.created_at, j.timeout, j.state, j.fence, j.crashes,
    coalesce(n.name, ''), j.updated_at, j.cancelled, {now $2})sql"},

    // $1 whether with args.
    {"dead_info", R"sql(
    d.job_id, d.queue, d.type,
    case when $1::int8 = 1 then d.arg else ''::bytea end, d.request_id,
    d.attempt, d.max_attempts, d.priority, d.last_error, d.run_at,
    d.created_at, d.timeout, d.sequence, d.died_at, d.fence,
    d.crashes)sql"},

    // What a buried job is inserted into.
    {"dead_letters", R"sql(callboard_dead_job (
      job_id, queue, type, arg, request_id, priority, attempt, max_attempts,
      crashes, fence, timeout, run_at, created_at, died_at, last_error))sql"},

    // Whether a job that waits must not be given out any more.
    {"spent", R"sql(
        j.cancelled or j.max_attempts > 0 and j.attempt >= j.max_attempts)sql"},

    // What stands in the index of each: jobs that wait, and jobs that a large
    // lease took a moment ago. The state is in no index.
    {"lined", "j.holder is null and (j.crashes = 0 or j.cancelled)"},
    {"suspected", "j.holder is null and j.crashes > 0 and not j.cancelled"},

    // Takes rows for a `request` of node $1, by the `ticket` if there is one;
    // their start is recorded or not.
    {"take", R"sql(
    update callboard_job j
    set state = 1,
      node = $1::int8,
      lease = coalesce((select number from ticket), 0),
      holder = case when not exists (select from ticket) then $1::int8 end,
      fence = nextval('callboard_fence'),
      attempt = j.attempt + 1,
      updated_at = (select now from clock),
      unrecorded = @,
      isolated = j.queue = any(array(
        select r.queue from request r where r.isolated = 1)))sql"},

    // What a lease leaves behind when it ends: nothing. What was to be
    // cancelled will not run again, and needs not wait to be alone.
    {"freed", R"sql(
    node = null,
    unrecorded = false,
    isolated = false,
    holder = null,
    state = case when @ > 0 and not j.cancelled then 2 else 0 end)sql"},

    // The row of the lease u(id, fence), locked.
    {"leased_row", R"sql(lateral (
      select j.ctid as at, j.unrecorded
      from callboard_job j
      where j.id = u.id and j.fence = u.fence and j.state + 0 = 1
      for update) l)sql"},

    // The rows of the leases (id, fence) in $1 and $2.
    {"leased", R"sql(array(
    select l.at
    from unnest($1::text[], $2::int8[]) u(id, fence)
    cross join {leased_row}))sql"},

    // Takes rows that a statement freed or removed off their large leases.
    {"taken_off", R"sql(
    update callboard_lease l
    set remaining = l.remaining - x.jobs
    from (
      select g.lease, g.queue, count(*) as jobs
      from @ g
      where g.lease > 0
      group by g.lease, g.queue
      order by g.lease, g.queue) x
    where l.number = any(array(select g.lease from @ g where g.lease > 0))
      and l.number = x.lease and l.queue = x.queue)sql"},

    // A large lease of node $1 that lasts longer than a moment.
    {"due_lease", R"sql(
    l.node = $1::int8 and l.look_at <= {now $2})sql"},
    // That moment, in microseconds. Leases of the queue pass by the jobs that
    // it
    // holds meanwhile, at a microsecond each.
    {"short", "2000000"},

    // The rows that the nodes in $1 lease, locked. $5 is what each node knows:
    // before version 4 they had no holder.
    {"orphans", R"sql(array(
    select l.at
    from unnest($1::int8[], $5::int8[]) u(node, knows)
    cross join lateral (
      select j.id
      from callboard_job j
      where j.holder = u.node
      union
      select k.id
      from callboard_lease l
      cross join unnest(l.ids) k(id)
      where l.node = u.node
      union
      select j.id
      from callboard_job j
      where u.knows < 4 and j.state + 0 = 1 and j.node = u.node
      order by 1) k
    cross join lateral (
      select j.ctid as at
      from callboard_job j
      where j.id = k.id and j.state + 0 = 1 and j.node = u.node
      for update) l))sql"},

    // The last error of a job of the dead node u(node, cause).
    {"blame", R"sql(
    u.cause || case when @.unrecorded
      then ' before attempt ' || @.attempt || ' was recorded'
      else ' during attempt ' || @.attempt end)sql"},

    // Whether the node d is dead, its lock free or not: $3 is the longest
    // silence, $4 the grace, $5 how long one has been looking. Who was missed
    // before it came back counts from there, since it could not send a
    // heartbeat.
    {"dead_if_free", R"sql(
    $4::int8 <= 0
      or coalesce(
        d.missed_at between (select now from clock) - $5::int8
          and (select now from clock) - $4::int8, false))sql"},
    {"dead_if_held", R"sql(
    greatest(d.seen_at, d.missed_at) < (select now from clock) - $3::int8)sql"},

    // Whether somebody holds the liveness lock of a node. A lock of one int8
    // shows as two halves.
    {"lock_held", R"sql(exists (
      select
      from pg_locks k
      where k.locktype = 'advisory' and k.granted and k.objsubid = 1
        and k.classid = ((@.id >> 32) & 4294967295)::oid
        and k.objid = (@.id & 4294967295)::oid
        and k.database = (
          select oid from pg_database where datname = current_database())))sql"},

    // Locked: of two who retry or purge the same ones, the second finds those
    // gone that the first took. $1 after which sequence; $2 queue and $3 type,
    // or NULL; $4 whether by the ids in $5; $6 the limit.
    {"pick_dead", R"sql(pick as materialized (
    select d.sequence
    from callboard_dead_job d
    where d.sequence > $1::int8
      and ($2::text is null or d.queue = $2::text)
      and ($3::text is null or d.type = $3::text)
      and ($4::int8 = 0 or d.job_id = any($5::text[]))
    order by d.sequence
    limit $6::int8
    for update))sql"},
};

template <literal Text>
consteval auto operator""_sql() {
  return expanded<Text, fragments>();
}

} // namespace callboard::store::postgres
