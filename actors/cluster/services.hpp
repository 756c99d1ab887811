#pragma once

#include "store/model/error.hpp"
#include "store/model/lease.hpp"
#include "store/model/new_job.hpp"
#include "store/model/status.hpp"

#include <functional>
#include <string>
#include <vector>

namespace callboard::actors {

/// What the node does for its cluster. Each may block, and may be called from
/// several threads, until the cluster has closed.
struct cluster_services {
  std::function<result<std::vector<std::string>>(std::vector<new_job>)> enqueue;
  std::function<result<std::vector<cancel_answer>>(
      const std::vector<std::string>&)>
      cancel;
  std::function<result<std::vector<queue_counts>>()> count;
  /// Null: the database can't be shared by several machines.
  std::function<result<std::vector<node_info>>()> nodes;
};

} // namespace callboard::actors
