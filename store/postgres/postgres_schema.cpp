#include "store/postgres/postgres_schema.hpp"

#include "store/migrator.hpp"
#include "store/postgres/statements/schema.hpp"
#include "store/sql/moment.hpp"

namespace callboard::store {

namespace {

// Nodes of programs that know too little must be gone, and none may come: a
// join waits for the lock, and is refused then.
void check_living_nodes(postgres_connection& connection,
                        const schema_status& status) {
  connection.run(postgres::hold_off_joins);
  auto found = connection.query(postgres::living_nodes);
  std::vector<node_info> nodes;
  for (int i = 0; i < found.size(); ++i) {
    node_info node;
    node.name = found.text(i, 0);
    node.address = found.text(i, 1);
    node.alive = true;
    node.knows = static_cast<int>(found.number(i, 2));
    nodes.push_back(std::move(node));
  }
  if (auto free = check_nodes(status, nodes, connection.name()); !free)
    throw failure{free.error()};
}

// Answers whether a step was taken.
bool take_step(postgres_connection& connection,
               const database_options& options) {
  postgres_transaction tx{connection};
  connection.query(postgres::lock_migrations);
  connection.query(postgres::create_migrations);
  auto status = postgres_schema(connection);
  if (auto newer = check_not_newer(status, connection.name()); !newer)
    throw failure{newer.error()};
  if (status.version >= status.required)
    return false;
  if (locks_out(status) && !options.migrate_anyway)
    check_living_nodes(connection, status);
  const auto& step
      = postgres_migrations()[static_cast<std::size_t>(status.version)];
  for (const auto& statement : statements_of(step.text))
    connection.run(statement);
  std::optional<std::int64_t> clock;
  if (options.clock)
    clock = to_micros(options.clock());
  parameters values;
  values.add(std::int64_t{step.version}).add(step.name).add(clock);
  connection.query(postgres::insert_migration, values);
  if (step.version >= rolling_version)
    connection.query(postgres::set_needs, parameters{}
                                              .add(std::int64_t{step.version})
                                              .add(std::int64_t{step.needs}));
  tx.commit();
  return true;
}

} // namespace

schema_status postgres_schema(postgres_connection& connection) {
  auto status = status_of(postgres_migrations());
  if (connection.query(postgres::has_migrations).number(0, 0) == 0)
    return status;
  auto applied = connection.query(postgres::applied_migrations);
  for (int i = 0; i < applied.size(); ++i)
    mark_applied(status, static_cast<int>(applied.number(i, 0)),
                 applied.text(i, 1), applied.moment(i, 2));
  if (status.version < rolling_version)
    return status;
  auto needs = connection.query(postgres::applied_needs);
  for (int i = 0; i < needs.size(); ++i)
    mark_needs(status, static_cast<int>(needs.number(i, 0)),
               static_cast<int>(needs.number(i, 1)));
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
  if (status.version >= status.required)
    return status;
  while (take_step(connection, options)) {
  }
  return postgres_schema(connection);
}

} // namespace callboard::store
