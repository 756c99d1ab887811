#pragma once

#include "store/model/status.hpp"
#include "store/postgres/postgres_connection.hpp"

namespace callboard::store {

/// The state of the tables. Throws `failure`.
schema_status postgres_schema(postgres_connection& connection);

/// Makes the schema if it is missing, and brings the tables to the version of
/// this program, one step a transaction. Throws `failure`.
schema_status migrate_postgres(postgres_connection& connection,
                               const database_options& options);

} // namespace callboard::store
