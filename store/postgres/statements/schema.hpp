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
    = "select version, applied_at from callboard_migration order by version";

inline constexpr auto insert_migration = R"sql(
  insert into callboard_migration (version, name, applied_at)
  values ($1::int8, $2::text, {now $3})
)sql"_sql;

} // namespace callboard::store::postgres
