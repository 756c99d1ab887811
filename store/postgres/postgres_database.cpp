#include "store/postgres/postgres_database.hpp"

#include "store/migrator.hpp"
#include "store/postgres/guard.hpp"
#include "store/postgres/listener.hpp"
#include "store/postgres/postgres_connection.hpp"
#include "store/postgres/postgres_schema.hpp"
#include "store/postgres/postgres_store.hpp"

#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>

#include <algorithm>
#include <utility>

namespace callboard::store {

namespace {

using steady = std::chrono::steady_clock;

// All that a listener asks is whether somebody is there.
constexpr auto listener_patience = std::chrono::seconds{3};

} // namespace

postgres_database::postgres_database(conninfo where, database_options options)
    : name_{where.name}, source_{[where](duration limit) {
        return std::make_unique<soci::session>(soci::postgresql,
                                               where.text_within(limit));
      }},
      options_{std::move(options)} {}

postgres_database::postgres_database(session_provider source, std::string name,
                                     database_options options)
    : name_{std::move(name)}, source_{[give = std::move(source)](duration) {
        return give();
      }},
      options_{std::move(options)} {}

std::unique_ptr<postgres_connection>
postgres_database::new_connection(const time_limits& most) {
  auto limited = options_;
  limited.statement_timeout
      = std::min(options_.statement_timeout, most.statement);
  auto connect = most.connect;
  if (most.end)
    connect = std::min(connect, std::chrono::duration_cast<duration>(
                                    *most.end - steady::now()));
  auto session = source_(connect);
  if (!session)
    throw failure{{errc::database_unreachable,
                   name_ + ": the session provider gave no session"}};
  return std::make_unique<postgres_connection>(std::move(session), name_,
                                               limited, most.end);
}

std::unique_ptr<postgres_connection> postgres_database::new_connection() {
  return new_connection({});
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
    return std::make_unique<postgres_store>(std::move(connection), options_,
                                            former_);
  });
}

result<std::unique_ptr<job_store>>
postgres_database::connect_within(const time_limits& most) {
  return postgres_guard(name_, [&]() -> std::unique_ptr<job_store> {
    // The statements of a migration may take their time.
    if (!checked_)
      check_schema_once(
          *new_connection({.connect = most.connect, .end = most.end}));
    return std::make_unique<postgres_store>(new_connection(most), options_,
                                            former_);
  });
}

result<std::unique_ptr<wake_listener>> postgres_database::listen() {
  return postgres_guard(name_, [&]() -> std::unique_ptr<wake_listener> {
    if (!checked_)
      check_schema_once(*new_connection());
    return std::make_unique<postgres_listener>(
        new_connection({.statement = listener_patience}));
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
