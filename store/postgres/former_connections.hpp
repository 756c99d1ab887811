#pragma once

#include "store/model/lease.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <optional>

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

  /// Ends the connection of this program that locked `id` last, by way of
  /// another one. Answers whether it still held the lock, which goes in a
  /// moment; nothing when there was no such connection. Throws `failure`.
  std::optional<bool> end(incarnation id, postgres_connection& over);

private:
  std::mutex mutex_;
  std::map<incarnation, int> processes_;
};

using former_connections_ptr = std::shared_ptr<former_connections>;

} // namespace callboard::store
