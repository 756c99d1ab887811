#pragma once

#include "store/model/error.hpp"
#include "store/model/status.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace callboard::store {

/// One numbered, append-only change of the tables.
struct migration {
  int version = 0;
  std::string_view name;
  std::string_view text;
  /// The version that a program must know, at least, to work with the tables
  /// from this step on.
  int needs = 0;
};

/// The steps that this program knows, in order: 1, 2, ... They stand in a file
/// of their own, migrations.cpp, so that a test can link a program that knows
/// others.
std::span<const migration> postgres_migrations();
std::span<const migration> sqlite_migrations();

/// The step that brought `needs` and `knows` into the tables.
inline constexpr int rolling_version = 3;

/// The single statements of a migration's text: each ends with ';' at the end
/// of a line; lines that begin with "--" are left out.
std::vector<std::string> statements_of(std::string_view text);

/// The status with no step applied.
schema_status status_of(std::span<const migration> migrations);

/// Notes that a step was applied, perhaps one that this program doesn't know.
void mark_applied(schema_status& status, int version, std::string_view name,
                  time_point when);

/// Notes what the tables need since that step.
void mark_needs(schema_status& status, int version, int needs);

/// Whether a program that knows `status.required` can work with the tables as
/// they are: `schema_outdated` or `schema_too_new`, naming `database`.
[[nodiscard]] result<void> check_schema(const schema_status& status,
                                        std::string_view database);

/// `schema_too_new` for tables that this program can't work with, and may not
/// migrate.
[[nodiscard]] result<void> check_not_newer(const schema_status& status,
                                           std::string_view database);

/// Whether steps are missing that programs can't work with which did so until
/// now.
bool locks_out(const schema_status& status);

/// `schema_outdated` when a missing step would lock out one of `nodes`, which
/// are alive; it names the step, the nodes and the remedy.
[[nodiscard]] result<void> check_nodes(const schema_status& status,
                                       const std::vector<node_info>& nodes,
                                       std::string_view database);

} // namespace callboard::store
