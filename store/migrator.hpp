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
};

/// The single statements of a migration's text: each ends with ';' at the end
/// of a line; lines that begin with "--" are left out.
std::vector<std::string> statements_of(std::string_view text);

/// The status with no step applied.
schema_status status_of(std::span<const migration> migrations);

/// Notes that step `version` was applied at `when`.
void mark_applied(schema_status& status, int version, time_point when);

/// Whether a program that needs `status.required` can work with the tables as
/// they are: `schema_outdated` or `schema_too_new`, naming `database`.
[[nodiscard]] result<void> check_schema(const schema_status& status,
                                        std::string_view database);

/// `schema_too_new` for tables that this program may not migrate.
[[nodiscard]] result<void> check_not_newer(const schema_status& status,
                                           std::string_view database);

} // namespace callboard::store
