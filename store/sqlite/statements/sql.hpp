#pragma once

#include "store/sql/expand.hpp"

namespace callboard::store::sqlite {

/// What several statements of the SQLite dialect share. Partial indexes are
/// found by their literal `state = n`; where one must not be, it is `+state`.
/// Parameters are bound in the order in which their names first appear.
inline constexpr fragment fragments[] = {
    {"job", R"sql(
    id, queue, type, arg, request_id, attempt, max_attempts, priority,
    last_error, run_at, created_at, timeout)sql"},

    {"job_info", R"sql(
    j.id, j.queue, j.type, case when :with_args then j.arg else x'' end,
    j.request_id, j.attempt, j.max_attempts, j.priority, j.last_error,
    j.run_at, j.created_at, j.timeout, j.state, j.fence, j.crashes,
    coalesce(n.name, ''), j.updated_at, j.cancelled)sql"},

    {"dead_info", R"sql(
    sequence, job_id, queue, type, case when :with_args then arg else x'' end,
    request_id, attempt, max_attempts, priority, last_error, run_at,
    created_at, timeout, died_at, fence, crashes)sql"},

    // What a lease leaves behind when it ends: nothing. What was to be
    // cancelled will not run again, and needs not wait to be alone.
    {"freed", R"sql(
    node = null,
    unrecorded = 0,
    isolated = 0,
    state = case when @ > 0 and not cancelled then 2 else 0 end)sql"},

    // The row of a lease.
    {"leased", "id = :id and fence = :fence and +state = 1"},
};

template <literal Text>
consteval auto operator""_sql() {
  return expanded<Text, fragments>();
}

} // namespace callboard::store::sqlite
