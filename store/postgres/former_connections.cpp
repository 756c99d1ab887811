#include "store/postgres/former_connections.hpp"

#include "store/postgres/guard.hpp"
#include "store/postgres/postgres_connection.hpp"
#include "store/postgres/statements/connection.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <vector>

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

/// Whether that process is there still; it has been told to end.
bool is_ending(const server_process& which, postgres_connection& over) {
  parameters who;
  who.add(which.number).add(which.began);
  return over.query(postgres::end_process, who).size() > 0;
}

} // namespace

void former_connections::locked(incarnation id, const postgres_connection& on) {
  std::lock_guard lock{mutex_};
  processes_[id] = PQbackendPID(on.native());
}

void former_connections::unlocked(incarnation id) {
  std::lock_guard lock{mutex_};
  processes_.erase(id);
  left_.erase(id);
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

void former_connections::left(incarnation id, server_process leased) {
  std::lock_guard lock{mutex_};
  left_.emplace(id, leased);
}

void former_connections::end_left(incarnation id, postgres_connection& over) {
  // What is in the middle of a commit ends after it.
  constexpr int most_looks = 50;
  std::vector<server_process> known;
  {
    std::lock_guard lock{mutex_};
    auto [from, to] = left_.equal_range(id);
    for (auto i = from; i != to; ++i)
      known.push_back(i->second);
  }
  auto there = known;
  for (int looks = 1; !there.empty(); ++looks) {
    std::erase_if(there,
                  [&](const auto& one) { return !is_ending(one, over); });
    if (there.empty())
      break;
    if (looks == most_looks)
      throw failure{{errc::database_busy,
                     over.name()
                         + " does not end a connection that leased for this "
                           "node: what the node holds is not certain"}};
    over.query(postgres::wait_for_its_end);
  }
  // Not those that were left meanwhile.
  std::lock_guard lock{mutex_};
  std::erase_if(left_, [&](const auto& x) {
    return x.first == id
           && std::find(known.begin(), known.end(), x.second) != known.end();
  });
}

} // namespace callboard::store
