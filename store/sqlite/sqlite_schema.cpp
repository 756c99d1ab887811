#include "store/sqlite/sqlite_schema.hpp"

#include "store/migrator.hpp"
#include "store/sql/moment.hpp"
#include "store/sqlite/node_locks.hpp"
#include "store/sqlite/prepared.hpp"
#include "store/sqlite/statements/schema.hpp"

#include <soci/soci.h>

#include <string>
#include <vector>

namespace callboard::store {

namespace {

// Nodes of programs that know too little must be gone. None may come: a join
// waits for the transaction, and is refused then.
void check_living_nodes(soci::session& session, sqlite_place& place,
                        const schema_status& status) {
  std::vector<node_info> nodes;
  lock_file locks{place.lock_path()};
  prepared<in<>, out<long long, std::string, std::string, long long>> all{
      session, status.version < rolling_version ? sqlite::nodes_before_rolling
                                                : sqlite::nodes_and_knowledge};
  all.each([&](auto id, auto& name, auto& address, auto knows) {
    node_info node;
    node.name = name;
    node.address = address;
    node.alive = locks.is_locked(liveness_offset(id));
    node.knows = static_cast<int>(knows);
    nodes.push_back(std::move(node));
  });
  if (auto free = check_nodes(status, nodes, place.name()); !free)
    throw failure{free.error()};
}

// Answers whether a step was taken.
bool take_step(soci::session& session, sqlite_place& place,
               const database_options& options) {
  sqlite_transaction tx{session, place, options.statement_timeout};
  session << sqlite::create_migrations;
  auto status = sqlite_schema(session);
  if (auto newer = check_not_newer(status, place.name()); !newer)
    throw failure{newer.error()};
  if (status.version >= status.required)
    return false;
  if (locks_out(status) && !options.migrate_anyway)
    check_living_nodes(session, place, status);
  const auto& step
      = sqlite_migrations()[static_cast<std::size_t>(status.version)];
  for (const auto& statement : statements_of(step.text))
    session << statement;
  prepared<in<long long, std::string, long long>> insert{
      session, sqlite::insert_migration};
  insert.run(step.version, std::string{step.name},
             to_micros(options.clock ? options.clock() : system_now()));
  if (step.version >= rolling_version) {
    prepared<in<long long, long long>> needs{session, sqlite::set_needs};
    needs.run(step.needs, step.version);
  }
  tx.commit();
  return true;
}

} // namespace

schema_status empty_sqlite_schema() {
  return status_of(sqlite_migrations());
}

schema_status sqlite_schema(soci::session& session) {
  auto status = status_of(sqlite_migrations());
  prepared<in<>, out<long long>> has{session, sqlite::has_migrations};
  if (std::get<0>(has.first().value()) == 0)
    return status;
  prepared<in<>, out<long long, std::string, long long>> applied{
      session, sqlite::applied_migrations};
  applied.each([&](auto version, auto& name, auto when) {
    mark_applied(status, static_cast<int>(version), name, from_micros(when));
  });
  if (status.version < rolling_version)
    return status;
  prepared<in<>, out<long long, long long>> needs{session,
                                                  sqlite::applied_needs};
  needs.each([&](auto version, auto needed) {
    mark_needs(status, static_cast<int>(version), static_cast<int>(needed));
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
