#pragma once

#include "store/model/lease.hpp"

#include <map>
#include <memory>
#include <mutex>

namespace callboard::store {

class postgres_connection;

/// Which server process holds the liveness lock of each node of this program.
/// When a network dies in silence, the server keeps the old connection, and
/// with it the lock, until its own keepalives fail: long after the node is back
/// on a new one. Thread-safe; shared by the connections of a database.
class former_connections {
public:
  /// `id` is locked on this connection now.
  void locked(incarnation id, const postgres_connection& on);
  void unlocked(incarnation id);

  /// Takes the lock of `id` on `to` when the connection that held it before was
  /// one of this program: ends that one, and waits a moment for its lock.
  /// `database_busy` when the server does not get it done; false when the lock
  /// is somebody else's, or was not taken in time. Throws `failure`.
  bool take_over(incarnation id, postgres_connection& to);

private:
  std::mutex mutex_;
  std::map<incarnation, int> processes_;
};

using former_connections_ptr = std::shared_ptr<former_connections>;

} // namespace callboard::store
