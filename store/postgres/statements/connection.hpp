#pragma once

/// The server, a node's lock, and the connection that holds it.
namespace callboard::store::postgres {

inline constexpr auto server_age = R"sql(
  select (extract(epoch from clock_timestamp() - pg_postmaster_start_time())
    * 1000000)::int8
)sql";

inline constexpr auto lock = "select pg_advisory_lock($1::int8)";

/// In the transaction at hand.
inline constexpr auto wait_a_moment = "set local lock_timeout = '1s'";

// $1 the node, $2 the server process that held its lock. Only if it still does:
// the number may be another's by now. A lock of one int8 shows as two halves.
inline constexpr auto end_lock_holder = R"sql(
  select pg_terminate_backend(k.pid)
  from pg_locks k
  where k.locktype = 'advisory' and k.granted and k.objsubid = 1
    and k.classid = (($1::int8 >> 32) & 4294967295)::oid
    and k.objid = ($1::int8 & 4294967295)::oid
    and k.database = (
      select oid from pg_database where datname = current_database())
    and k.pid = $2::int8
)sql";

// The own server process, and since when it has been there.
inline constexpr auto own_process = R"sql(
  select a.pid::int8, (extract(epoch from a.backend_start) * 1000000)::int8
  from pg_stat_activity a
  where a.pid = pg_backend_pid()
)sql";

// $1 a server process that began at $2. No row: it is gone.
inline constexpr auto end_process = R"sql(
  select pg_terminate_backend(a.pid)
  from pg_stat_activity a
  where a.pid = $1::int8
    and (extract(epoch from a.backend_start) * 1000000)::int8 = $2::int8
)sql";

inline constexpr auto wait_for_its_end = "select pg_sleep(0.02)";

// Waits for the leases of node $1 that are in the middle of their commit.
inline constexpr auto lock_node = R"sql(
  select id
  from callboard_node
  where id = $1::int8
  for update
)sql";

} // namespace callboard::store::postgres
