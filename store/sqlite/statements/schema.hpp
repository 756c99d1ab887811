#pragma once

#include "store/sqlite/statements/sql.hpp"

/// The connection, its transactions, migrations.
namespace callboard::store::sqlite {

inline constexpr auto encoding = "pragma encoding";
inline constexpr auto journal_mode = "pragma journal_mode";
inline constexpr auto use_wal = "pragma journal_mode = wal";
inline constexpr auto sync_off = "pragma synchronous = off";
inline constexpr auto sync_normal = "pragma synchronous = normal";
inline constexpr auto sync_full = "pragma synchronous = full";
inline constexpr auto main_file
    = "select file from pragma_database_list where name = 'main'";
inline constexpr auto begin_immediate = "begin immediate";
inline constexpr auto commit = "commit";
inline constexpr auto rollback = "rollback";

inline constexpr auto has_migrations = R"sql(
  select count(*)
  from sqlite_master
  where type = 'table' and name = 'callboard_migration'
)sql"_sql;

inline constexpr auto create_migrations = R"sql(
  create table if not exists callboard_migration (
    version bigint primary key not null,
    name text not null,
    applied_at bigint not null)
)sql"_sql;

inline constexpr auto applied_migrations
    = "select version, applied_at from callboard_migration order by version";

inline constexpr auto insert_migration = R"sql(
  insert into callboard_migration (version, name, applied_at)
  values (:version, :name, :now)
)sql"_sql;

} // namespace callboard::store::sqlite
