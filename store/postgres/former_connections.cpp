#include "store/postgres/former_connections.hpp"

#include "store/postgres/guard.hpp"
#include "store/postgres/postgres_connection.hpp"
#include "store/postgres/statements/connection.hpp"

#include <libpq-fe.h>

namespace callboard::store {

namespace {

/// Whether that process still held the lock.
bool end_process(incarnation id, int process, postgres_connection& over) {
  parameters who;
  who.add(id).add(std::int64_t{process});
  try {
    return over.query(postgres::end_lock_holder, who).size() > 0;
  } catch (const failure& why) {
    // Not by this role: then it ends when the server notices.
    if (why.code() != errc::permission_denied)
      throw;
    return true;
  }
}

} // namespace

void former_connections::locked(incarnation id, const postgres_connection& on) {
  std::lock_guard lock{mutex_};
  processes_[id] = PQbackendPID(on.native());
}

void former_connections::unlocked(incarnation id) {
  std::lock_guard lock{mutex_};
  processes_.erase(id);
}

std::optional<bool> former_connections::end(incarnation id,
                                            postgres_connection& over) {
  int process = 0;
  {
    std::lock_guard lock{mutex_};
    if (auto known = processes_.find(id); known != processes_.end())
      process = known->second;
  }
  if (process == 0)
    return std::nullopt;
  return end_process(id, process, over);
}

} // namespace callboard::store
