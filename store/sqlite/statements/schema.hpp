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
inline constexpr auto begin = "begin";
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
    = "select version, name, applied_at from callboard_migration"
      " order by version";

inline constexpr auto applied_needs
    = "select version, needs from callboard_migration";

inline constexpr auto insert_migration = R"sql(
  insert into callboard_migration (version, name, applied_at)
  values (:version, :name, :now)
)sql"_sql;

inline constexpr auto set_needs
    = "update callboard_migration set needs = :needs where version = :version";

inline constexpr auto nodes_and_knowledge = R"sql(
  select id, name, address, knows
  from callboard_node
  order by started_at, id
)sql"_sql;

// What a node knows is written down since version 3.
inline constexpr auto nodes_before_rolling = R"sql(
  select id, name, address, 2
  from callboard_node
  order by started_at, id
)sql"_sql;

} // namespace callboard::store::sqlite
