#pragma once

#include "store/model/status.hpp"
#include "store/sqlite/place.hpp"

namespace callboard::store {

/// The state of a database without tables.
schema_status empty_sqlite_schema();

/// The state of the tables. Throws what SOCI throws.
schema_status sqlite_schema(soci::session& session);

/// Brings the tables to the version of this program, one step a transaction.
/// Throws `failure`, or what SOCI throws.
schema_status migrate_sqlite(soci::session& session, sqlite_place& place,
                             const database_options& options);

} // namespace callboard::store
