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
    j.priority, j.last_error, j.run_at, j.created_at)sql"},

    // $1 whether with args, $2 the clock.
    {"job_info", R"sql(
    j.id, j.queue, j.type,
    case when $1::int8 = 1 then j.arg else ''::bytea end, j.request_id,
    j.attempt, j.max_attempts, j.priority, j.last_error, j.run_at,
    j.created_at, j.state, j.fence, j.crashes, coalesce(n.name, ''),
    j.updated_at, {now $2})sql"},

    // $1 whether with args.
    {"dead_info", R"sql(
    d.job_id, d.queue, d.type,
    case when $1::int8 = 1 then d.arg else ''::bytea end, d.request_id,
    d.attempt, d.max_attempts, d.priority, d.last_error, d.run_at,
    d.created_at, d.sequence, d.died_at, d.fence, d.crashes)sql"},

    // What a buried job is inserted into.
    {"dead_letters", R"sql(callboard_dead_job (
      job_id, queue, type, arg, request_id, priority, attempt, max_attempts,
      crashes, fence, run_at, created_at, died_at, last_error))sql"},

    // The row of the lease u(id, fence), locked.
    {"leased_row", R"sql(lateral (
      select j.ctid as at
      from callboard_job j
      where j.id = u.id and j.fence = u.fence and j.state + 0 = 1
      for update) l)sql"},

    // The rows of the leases (id, fence) in $1 and $2.
    {"leased", R"sql(array(
    select l.at
    from unnest($1::text[], $2::int8[]) u(id, fence)
    cross join {leased_row}))sql"},

    // The rows that the nodes in $1 lease, locked.
    {"orphans", R"sql(array(
    select l.at
    from unnest($1::int8[]) u(node)
    cross join lateral (
      select j.ctid as at
      from callboard_job j
      where j.state = 1 and j.node = u.node
      order by j.id
      for update) l))sql"},

    // The last error of a job of the dead node u(node, name, cause).
    {"blame", "'worker died: node ''' || u.name || ''' (' || u.cause ||"
              " ') during attempt ' || @.attempt"},

    // $1 after which sequence; $2 queue and $3 type, or NULL; $4 whether by
    // the ids in $5; $6 the limit.
    {"pick_dead", R"sql(pick as materialized (
    select d.sequence
    from callboard_dead_job d
    where d.sequence > $1::int8
      and ($2::text is null or d.queue = $2::text)
      and ($3::text is null or d.type = $3::text)
      and ($4::int8 = 0 or d.job_id = any($5::text[]))
    order by d.sequence
    limit $6::int8))sql"},
};

template <literal Text>
consteval auto operator""_sql() {
  return expanded<Text, fragments>();
}

} // namespace callboard::store::postgres
