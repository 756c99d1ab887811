#include "store/postgres/caller_enqueue.hpp"

#include "store/database.hpp"
#include "store/sqlite/caller_enqueue.hpp"

#include <soci/soci.h>

#include <utility>

namespace callboard {

std::vector<std::string> bulk_enqueue(soci::session& session,
                                      std::vector<new_job> jobs) {
  auto ready = prepare(std::move(jobs)).value();
  auto backend = session.get_backend_name();
  if (backend == "postgresql")
    store::enqueue_in_postgres(session, ready);
  else if (backend == "sqlite3")
    store::enqueue_in_sqlite(session, ready);
  else
    throw failure{{errc::unsupported,
                   "enqueue works in sessions of postgresql and sqlite3, not "
                       + backend}};
  std::vector<std::string> ids;
  ids.reserve(ready.size());
  for (auto& one : ready)
    ids.push_back(std::move(one.id));
  return ids;
}

std::string enqueue(soci::session& session, new_job job) {
  std::vector<new_job> jobs;
  jobs.push_back(std::move(job));
  return std::move(bulk_enqueue(session, std::move(jobs)).front());
}

} // namespace callboard
