#pragma once

#include "store/model/lease.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

namespace callboard::store {

class postgres_connection;

/// A process of the server. Numbers are used again: the moment when it began
/// tells which one is meant.
struct server_process {
  std::int64_t number = 0;
  std::int64_t began = 0;

  friend bool operator==(const server_process&, const server_process&)
      = default;
};

/// Which server process holds the liveness lock of each node of this program,
/// and which ones leased for it without the lock. When a network dies in
/// silence, the server keeps the old connection, and with it the lock and
/// whatever it does, until its own keepalives fail: long after the node is back
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

  /// The connection that `leased` for this node is not used any more; its last
  /// statement may go on at the server.
  void left(incarnation id, server_process leased);

  /// Ends what is left of such connections of this node, by way of another one,
  /// and waits until it is gone: from then on nothing is leased any more for
  /// which nobody waits. `database_busy` when it does not go. Throws `failure`.
  void end_left(incarnation id, postgres_connection& over);

private:
  std::mutex mutex_;
  std::map<incarnation, int> processes_;
  std::multimap<incarnation, server_process> left_;
};

using former_connections_ptr = std::shared_ptr<former_connections>;

} // namespace callboard::store
