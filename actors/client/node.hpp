#pragma once

#include "actors/client/client.hpp"
#include "actors/cluster/services.hpp"
#include "actors/metrics/watched_counters.hpp"

#include <memory>
#include <string>
#include <vector>

namespace callboard::actors {

/// The running half of a client: an actor system with the tree in it. Hides
/// CAF. Thread-safe; blocks.
class node {
public:
  /// Opens the port, where the settings have one.
  static result<std::shared_ptr<node>>
  make(database_ptr db, client_options settings,
       std::shared_ptr<watched_counters> numbers, cluster_services services);

  /// Everything is over by then, or has been left to itself by `close`.
  ~node();

  node(const node&) = delete;
  node& operator=(const node&) = delete;

  /// Wants checked configs.
  result<drain_report> upgrade(std::vector<worker_config> configs);

  /// Tells the other nodes of the cluster that these queues have due jobs.
  void hint(const std::vector<std::string>& queues);

  /// Takes other certificates and rules for the cluster.
  result<void> reload(const cluster_options& wanted);

  /// Where other nodes reach this one; empty when it takes no part.
  std::string address() const;

  /// Jobs are due in `queue` after a while.
  void wake(const std::string& queue, duration after);

  /// Somebody asked to cancel running jobs, perhaps of this node.
  void look_for_cancelled();

  drain_report close(duration grace);

  std::vector<queue_status> queues() const;

private:
  struct impl;
  explicit node(std::unique_ptr<impl> made);

  std::unique_ptr<impl> impl_;
};

} // namespace callboard::actors
