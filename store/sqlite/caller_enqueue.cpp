#include "store/sqlite/caller_enqueue.hpp"

#include "store/sql/moment.hpp"
#include "store/sqlite/guard.hpp"
#include "store/sqlite/insert_jobs.hpp"
#include "store/sqlite/place.hpp"
#include "store/sqlite/statements/jobs.hpp"
#include "store/sqlite/statements/schema.hpp"

#include <soci/sqlite3/soci-sqlite3.h>

namespace callboard::store {

namespace {

bool has_transaction(soci::session& session) {
  auto* backend
      = static_cast<soci::sqlite3_session_backend*>(session.get_backend());
  return sqlite_api::sqlite3_get_autocommit(backend->conn_) == 0;
}

void insert(soci::session& session, const std::vector<new_job>& jobs) {
  insert_job_statement statement{session, sqlite::insert_job};
  insert_jobs(statement, jobs, to_micros(system_now()));
}

void insert_in_own_transaction(soci::session& session,
                               const std::vector<new_job>& jobs) {
  session << sqlite::begin_immediate;
  try {
    insert(session, jobs);
    session << sqlite::commit;
  } catch (...) {
    if (has_transaction(session))
      session << sqlite::rollback;
    throw;
  }
}

} // namespace

void enqueue_in_sqlite(soci::session& session,
                       const std::vector<new_job>& jobs) {
  auto done = sqlite_guard("the session's SQLite database", [&] {
    if (has_transaction(session))
      insert(session, jobs);
    else
      insert_in_own_transaction(session, jobs);
  });
  if (!done)
    throw failure{done.error()};
}

} // namespace callboard::store
