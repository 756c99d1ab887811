#include "store/postgres/caller_enqueue.hpp"

#include "store/postgres/enqueue_jobs.hpp"
#include "store/postgres/guard.hpp"
#include "store/postgres/postgres_connection.hpp"
#include "store/postgres/statements/enqueue.hpp"
#include "store/sql/texts.hpp"

#include <soci/soci.h>

#include <libpq-fe.h>

#include <set>
#include <string>

namespace callboard::store {

namespace {

constexpr const char* subject = "the session's PostgreSQL database";

// Waits as the caller's own statements do.
void run(PGconn* connection, const char* sql, const parameters& values = {}) {
  rows answer{PQexecParams(connection, sql, values.size(), values.types(),
                           values.values(), values.lengths(), values.formats(),
                           1)};
  auto status = PQresultStatus(answer.native());
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK)
    return;
  if (PQstatus(connection) != CONNECTION_OK)
    throw failure{lost_connection(subject, PQerrorMessage(connection))};
  throw failure{postgres_error(subject, answer.native())};
}

void insert(PGconn* connection, const std::vector<new_job>& jobs) {
  std::set<std::string_view> due;
  for (const auto& one : jobs)
    if (one.delay <= duration{0} && !one.run_at)
      due.insert(one.queue);
  for (std::size_t from = 0; from < jobs.size();)
    run(connection, postgres::enqueue, enqueue_chunk(jobs, from, std::nullopt));
  if (due.empty())
    return;
  std::vector<std::string_view> queues{due.begin(), due.end()};
  run(connection, postgres::wake, parameters{}.add(queues));
}

void commit(PGconn* connection) {
  try {
    run(connection, "commit");
  } catch (const failure& what) {
    if (PQstatus(connection) == CONNECTION_OK)
      throw;
    throw failure{enqueue_unknown(
        {errc::commit_unknown,
         what.why().message + "; whether the jobs were stored is unknown"})};
  }
}

void insert_in_own_transaction(PGconn* connection,
                               const std::vector<new_job>& jobs) {
  run(connection, "begin");
  try {
    insert(connection, jobs);
  } catch (...) {
    if (PQstatus(connection) == CONNECTION_OK)
      run(connection, "rollback");
    throw;
  }
  commit(connection);
}

} // namespace

void enqueue_in_postgres(soci::session& session,
                         const std::vector<new_job>& jobs) {
  auto done = postgres_guard(subject, [&] {
    auto* connection = native(session);
    if (PQtransactionStatus(connection) == PQTRANS_IDLE)
      insert_in_own_transaction(connection, jobs);
    else
      insert(connection, jobs);
  });
  if (!done)
    throw failure{done.error()};
}

} // namespace callboard::store
