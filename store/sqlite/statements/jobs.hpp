#pragma once

#include "store/sqlite/statements/sql.hpp"

/// Jobs in and out, and their outcomes.
namespace callboard::store::sqlite {

inline constexpr auto insert_job = R"sql(
  insert into callboard_job (
    id, queue, type, arg, request_id, priority, max_attempts, timeout, run_at,
    created_at, updated_at)
  values (
    :id, :queue, :type, cast(:arg as blob), :request_id, :priority,
    :max_attempts, :timeout, :run_at, :now, :now)
)sql"_sql;

// -- leases ------------------------------------------------------------------

inline constexpr auto due_suspect = R"sql(
  select rowid, cancelled, {job}
  from callboard_job
  where state = 2 and queue = :queue and run_at <= :now
  order by priority, run_at, id
  limit 1
)sql"_sql;

inline constexpr auto due_jobs = R"sql(
  select rowid, cancelled, {job}
  from callboard_job
  where state = 0 and queue = :queue and priority = :priority
    and run_at <= :now
  order by run_at, id
  limit :limit
)sql"_sql;

inline constexpr auto next_priority = R"sql(
  select priority
  from callboard_job
  where state = 0 and queue = :queue and priority > :after
  order by priority
  limit 1
)sql"_sql;

inline constexpr auto first_run = R"sql(
  select run_at
  from callboard_job
  where state = 0 and queue = :queue and priority = :priority
  order by run_at
  limit 1
)sql"_sql;

inline constexpr auto first_suspect = R"sql(
  select run_at
  from callboard_job
  where state = 2 and queue = :queue
  order by run_at
  limit 1
)sql"_sql;

inline constexpr auto read_fence
    = "select value from callboard_meta where name = 'fence'";

inline constexpr auto write_fence
    = "update callboard_meta set value = :value where name = 'fence'";

inline constexpr auto take_job = R"sql(
  update callboard_job
  set state = 1,
    node = :node,
    fence = :fence,
    attempt = attempt + 1,
    updated_at = :now,
    unrecorded = :unrecorded,
    isolated = :isolated
  where rowid = :row
)sql"_sql;

inline constexpr auto copy_to_dead = R"sql(
  insert into callboard_dead_job (
    job_id, queue, type, arg, request_id, priority, attempt, max_attempts,
    crashes, fence, timeout, run_at, created_at, died_at, last_error)
  select id, queue, type, arg, request_id, priority,
    max(attempt - :refund, 0), max_attempts,
    crashes + :crashes, fence, timeout, run_at, created_at, :now, :error
  from callboard_job
  where rowid = :row
)sql"_sql;

inline constexpr auto delete_row
    = "delete from callboard_job where rowid = :row";

inline constexpr auto held
    = "select id, fence from callboard_job where state = 1 and node = :node";

// -- starts and outcomes -----------------------------------------------------

inline constexpr auto is_leased = R"sql(
  select unrecorded from callboard_job where {leased}
)sql"_sql;

inline constexpr auto start_job = R"sql(
  update callboard_job set unrecorded = 0 where {leased}
)sql"_sql;

inline constexpr auto complete_job = R"sql(
  delete from callboard_job where {leased}
)sql"_sql;

inline constexpr auto leased_row = R"sql(
  select rowid, crashes from callboard_job where {leased}
)sql"_sql;

inline constexpr auto retry_job = R"sql(
  update callboard_job
  set {freed crashes},
    run_at = case when cancelled then :now else :run_at end,
    updated_at = :now,
    last_error = :error
  where {leased}
)sql"_sql;

inline constexpr auto reschedule_job = R"sql(
  update callboard_job
  set {freed 0},
    run_at = case when cancelled then :now else :run_at end,
    updated_at = :now,
    attempt = 0,
    crashes = 0
  where {leased}
)sql"_sql;

inline constexpr auto reschedule_job_with_arg = R"sql(
  update callboard_job
  set {freed 0},
    run_at = case when cancelled then :now else :run_at end,
    updated_at = :now,
    attempt = 0,
    crashes = 0,
    arg = cast(:arg as blob)
  where {leased}
)sql"_sql;

inline constexpr auto release_job = R"sql(
  update callboard_job
  set {freed crashes},
    updated_at = :now,
    run_at = case when :wait > 0 and not cancelled then :now + :wait
      else run_at end,
    attempt = max(attempt - 1, 0)
  where {leased}
)sql"_sql;

} // namespace callboard::store::sqlite
