#pragma once

#include "store/postgres/statements/sql.hpp"

/// Migrations.
namespace callboard::store::postgres {

inline constexpr auto lock_migrations = R"sql(
  select pg_advisory_xact_lock(hashtextextended(
    'callboard migrations of ' || coalesce(current_schema(), ''), 0))
)sql"_sql;

inline constexpr auto has_schema = "select current_schema() is not null";

inline constexpr auto has_migrations
    = "select to_regclass('callboard_migration') is not null";

// A name can't be a parameter: this is followed by it, quoted.
inline constexpr auto create_schema = "create schema if not exists ";

inline constexpr auto create_migrations = R"sql(
  create table if not exists callboard_migration (
    version int4 primary key,
    name text not null,
    applied_at int8 not null)
)sql"_sql;

inline constexpr auto applied_migrations
    = "select version, name, applied_at from callboard_migration"
      " order by version";

inline constexpr auto applied_needs
    = "select version, needs from callboard_migration";

inline constexpr auto insert_migration = R"sql(
  insert into callboard_migration (version, name, applied_at)
  values ($1::int8, $2::text, {now $3})
)sql"_sql;

inline constexpr auto set_needs = R"sql(
  update callboard_migration set needs = $2::int8 where version = $1::int8
)sql"_sql;

// Until the end of the transaction nobody joins, and no node goes unnoticed.
inline constexpr auto hold_off_joins
    = "lock table callboard_node in share row exclusive mode";

// What a node knows is written down since version 3.
inline constexpr auto living_nodes = R"sql(
  select n.name, n.address,
    coalesce((to_jsonb(n) ->> 'knows')::int8, 2)
  from callboard_node n
  where {lock_held n}
  order by n.started_at, n.id
)sql"_sql;

} // namespace callboard::store::postgres
