#include "store/postgres/postgres_database.hpp"

#include "store/migrator.hpp"
#include "store/postgres/guard.hpp"
#include "store/postgres/listener.hpp"
#include "store/postgres/postgres_connection.hpp"
#include "store/postgres/postgres_schema.hpp"
#include "store/postgres/postgres_store.hpp"

#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>

#include <utility>

namespace callboard::store {

postgres_database::postgres_database(conninfo where, database_options options)
    : name_{std::move(where.name)}, source_{[text = std::move(where.text)] {
        return std::make_unique<soci::session>(soci::postgresql, text);
      }},
      options_{std::move(options)} {}

postgres_database::postgres_database(session_provider source, std::string name,
                                     database_options options)
    : name_{std::move(name)}, source_{std::move(source)}, options_{std::move(
                                                              options)} {}

std::unique_ptr<postgres_connection> postgres_database::new_connection() {
  auto session = source_();
  if (!session)
    throw failure{{errc::database_unreachable,
                   name_ + ": the session provider gave no session"}};
  return std::make_unique<postgres_connection>(std::move(session), name_,
                                               options_);
}

void postgres_database::check_schema_once(postgres_connection& connection) {
  if (checked_)
    return;
  auto status = postgres_schema(connection);
  if (status.version < status.required && options_.auto_migrate)
    status = migrate_postgres(connection, options_);
  if (auto usable = check_schema(status, name_); !usable)
    throw failure{usable.error()};
  checked_ = true;
}

result<std::unique_ptr<job_store>> postgres_database::connect() {
  return postgres_guard(name_, [&]() -> std::unique_ptr<job_store> {
    auto connection = new_connection();
    check_schema_once(*connection);
    return std::make_unique<postgres_store>(std::move(connection), options_);
  });
}

result<std::unique_ptr<wake_listener>> postgres_database::listen() {
  return postgres_guard(name_, [&]() -> std::unique_ptr<wake_listener> {
    auto connection = new_connection();
    check_schema_once(*connection);
    return std::make_unique<postgres_listener>(std::move(connection));
  });
}

result<schema_status> postgres_database::schema() {
  return postgres_guard(name_,
                        [&] { return postgres_schema(*new_connection()); });
}

result<schema_status> postgres_database::migrate() {
  return postgres_guard(
      name_, [&] { return migrate_postgres(*new_connection(), options_); });
}

} // namespace callboard::store
