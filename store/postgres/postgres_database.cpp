#include "store/postgres/postgres_database.hpp"

#include "store/postgres/caller_enqueue.hpp"

#include <utility>

namespace callboard::store {

namespace {

error not_yet() {
  return {errc::unsupported, "PostgreSQL is on its way"};
}

} // namespace

class postgres_connection {};

postgres_database::postgres_database(conninfo where, database_options options)
    : name_{where.name}, options_{std::move(options)} {}

postgres_database::postgres_database(session_provider source, std::string name,
                                     database_options options)
    : name_{std::move(name)}, source_{std::move(source)}, options_{std::move(
                                                              options)} {}

result<std::unique_ptr<job_store>> postgres_database::connect() {
  return not_yet();
}

result<std::unique_ptr<wake_listener>> postgres_database::listen() {
  return not_yet();
}

result<schema_status> postgres_database::schema() {
  return not_yet();
}

result<schema_status> postgres_database::migrate() {
  return not_yet();
}

void enqueue_in_postgres(soci::session&, const std::vector<new_job>&) {
  throw failure{not_yet()};
}

} // namespace callboard::store
