#pragma once

#include <string>

namespace sqlite_api {
struct sqlite3_stmt;
} // namespace sqlite_api

namespace soci {
class statement;
} // namespace soci

namespace callboard::store {

/// The row on which a statement stands, read column by column: what SOCI does
/// between SQLite and a variable costs more than the column itself, which shows
/// where many rows are read at once. Good until the statement goes on.
class row_view {
public:
  explicit row_view(soci::statement& at);

  /// An empty text for null.
  std::string text(int column) const;
  long long number(int column) const;

private:
  sqlite_api::sqlite3_stmt* at_;
};

} // namespace callboard::store
