#include "store/postgres/former_connections.hpp"

#include "store/postgres/guard.hpp"
#include "store/postgres/postgres_connection.hpp"
#include "store/postgres/statements/connection.hpp"

#include <libpq-fe.h>

namespace callboard::store {

namespace {

/// Whether that process still held the lock.
bool end(incarnation id, int process, postgres_connection& to) {
  parameters who;
  who.add(id).add(std::int64_t{process});
  try {
    return to.query(postgres::end_lock_holder, who).size() > 0;
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

bool former_connections::take_over(incarnation id, postgres_connection& to) {
  int process = 0;
  {
    std::lock_guard lock{mutex_};
    if (auto known = processes_.find(id); known != processes_.end())
      process = known->second;
  }
  if (process == 0)
    return false;
  auto held = end(id, process, to);
  try {
    postgres_transaction tx{to};
    to.run(postgres::wait_a_moment);
    to.query(postgres::lock, parameters{}.add(id));
    tx.commit();
    return true;
  } catch (const failure& why) {
    if (why.code() != errc::database_busy)
      throw;
    if (!held)
      return false;
    throw failure{{errc::database_busy,
                   to.name()
                       + " still holds the lock of this node's former"
                         " connection: it goes when the server notices that"
                         " nobody is behind it"}};
  }
}

} // namespace callboard::store
