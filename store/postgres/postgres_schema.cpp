#include "store/postgres/postgres_schema.hpp"

#include "store/migrator.hpp"
#include "store/postgres/statements/schema.hpp"
#include "store/sql/moment.hpp"

#include <array>

#include "postgres_migrations.hpp"

namespace callboard::store {

namespace {

constexpr std::array migrations{
    migration{1, "jobs", postgres::migrations::_001_jobs_sql},
    migration{2, "recovery", postgres::migrations::_002_recovery_sql},
};

// Answers whether a step was taken.
bool take_step(postgres_connection& connection,
               const database_options& options) {
  postgres_transaction tx{connection};
  connection.query(postgres::lock_migrations);
  connection.query(postgres::create_migrations);
  auto status = postgres_schema(connection);
  if (auto newer = check_not_newer(status, connection.name()); !newer)
    throw failure{newer.error()};
  if (status.version == status.required)
    return false;
  const auto& step = migrations.at(static_cast<std::size_t>(status.version));
  for (const auto& statement : statements_of(step.text))
    connection.run(statement);
  std::optional<std::int64_t> clock;
  if (options.clock)
    clock = to_micros(options.clock());
  parameters values;
  values.add(std::int64_t{step.version}).add(step.name).add(clock);
  connection.query(postgres::insert_migration, values);
  tx.commit();
  return true;
}

} // namespace

schema_status postgres_schema(postgres_connection& connection) {
  auto status = status_of(migrations);
  if (connection.query(postgres::has_migrations).number(0, 0) == 0)
    return status;
  auto applied = connection.query(postgres::applied_migrations);
  for (int i = 0; i < applied.size(); ++i)
    mark_applied(status, static_cast<int>(applied.number(i, 0)),
                 applied.moment(i, 1));
  return status;
}

schema_status migrate_postgres(postgres_connection& connection,
                               const database_options& options) {
  if (!options.schema.empty()
      && connection.query(postgres::has_schema).number(0, 0) == 0)
    connection.run(postgres::create_schema + quoted_name(options.schema));
  // Most often there is nothing to do, and then no right to create is needed.
  auto status = postgres_schema(connection);
  if (auto newer = check_not_newer(status, connection.name()); !newer)
    throw failure{newer.error()};
  if (status.version == status.required)
    return status;
  while (take_step(connection, options)) {
  }
  return postgres_schema(connection);
}

} // namespace callboard::store
