#include "store/sqlite/sqlite_schema.hpp"

#include "store/migrator.hpp"
#include "store/sql/moment.hpp"
#include "store/sqlite/prepared.hpp"
#include "store/sqlite/statements/schema.hpp"

#include <soci/soci.h>

#include <array>
#include <string>

#include "sqlite_migrations.hpp"

namespace callboard::store {

namespace {

constexpr std::array migrations{
    migration{1, "jobs", sqlite::migrations::_001_jobs_sql},
    migration{2, "recovery", sqlite::migrations::_002_recovery_sql},
};

// Answers whether a step was taken.
bool take_step(soci::session& session, sqlite_place& place,
               const database_options& options) {
  sqlite_transaction tx{session, place, options.statement_timeout};
  session << sqlite::create_migrations;
  auto status = sqlite_schema(session);
  if (auto newer = check_not_newer(status, place.name()); !newer)
    throw failure{newer.error()};
  if (status.version == status.required)
    return false;
  const auto& step = migrations.at(static_cast<std::size_t>(status.version));
  for (const auto& statement : statements_of(step.text))
    session << statement;
  prepared<in<long long, std::string, long long>> insert{
      session, sqlite::insert_migration};
  insert.run(step.version, std::string{step.name},
             to_micros(options.clock ? options.clock() : system_now()));
  tx.commit();
  return true;
}

} // namespace

schema_status empty_sqlite_schema() {
  return status_of(migrations);
}

schema_status sqlite_schema(soci::session& session) {
  auto status = status_of(migrations);
  prepared<in<>, out<long long>> has{session, sqlite::has_migrations};
  if (std::get<0>(has.first().value()) == 0)
    return status;
  prepared<in<>, out<long long, long long>> applied{session,
                                                    sqlite::applied_migrations};
  applied.each([&](auto version, auto when) {
    mark_applied(status, static_cast<int>(version), from_micros(when));
  });
  return status;
}

schema_status migrate_sqlite(soci::session& session, sqlite_place& place,
                             const database_options& options) {
  while (take_step(session, place, options)) {
  }
  return sqlite_schema(session);
}

} // namespace callboard::store
