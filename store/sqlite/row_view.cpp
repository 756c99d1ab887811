#include "store/sqlite/row_view.hpp"

#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

namespace callboard::store {

row_view::row_view(soci::statement& at)
    : at_{static_cast<soci::sqlite3_statement_backend*>(at.get_backend())
              ->stmt_} {}

std::string row_view::text(int column) const {
  // The bytes first: asking for their number may not change them any more.
  const auto* bytes
      = static_cast<const char*>(sqlite_api::sqlite3_column_blob(at_, column));
  auto size = sqlite_api::sqlite3_column_bytes(at_, column);
  return bytes ? std::string(bytes, static_cast<std::size_t>(size))
               : std::string{};
}

long long row_view::number(int column) const {
  return sqlite_api::sqlite3_column_int64(at_, column);
}

} // namespace callboard::store
