#pragma once

#include "actors/cluster/tls_files.hpp"
#include "actors/pipeline/log.hpp"
#include "store/model/error.hpp"
#include "store/model/lease.hpp"
#include "store/model/new_job.hpp"
#include "store/model/status.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace callboard {

struct remote_options {
  /// "host:port" of one or more nodes of the same cluster; whichever answers.
  std::vector<std::string> nodes;
  /// Nothing: no TLS, which a node allows on its own machine.
  std::optional<tls_files> tls{};
  /// Shown in the logs of the nodes.
  std::string name{};
  /// How long a call may wait for a connection and its answer.
  duration timeout = std::chrono::seconds{30};
  /// A node from which nothing comes for so long is gone.
  duration silence = std::chrono::seconds{5};
  log_sink log{};

  [[nodiscard]] result<void> validate() const;
};

/// Enqueues jobs without access to the database, by way of a node that listens.
/// Thread-safe; each function blocks until the node has answered. The functions
/// without `try_` throw `failure`.
class remote_client {
public:
  /// Begins to connect.
  explicit remote_client(remote_options options);
  ~remote_client();

  remote_client(remote_client&&) noexcept;
  remote_client& operator=(remote_client&&) noexcept;

  /// Answers the id when the job is stored durably. When the connection breaks
  /// meanwhile, or the time is over, that is `commit_unknown`: enqueue again
  /// with the same id to be sure.
  std::string enqueue(new_job job);

  /// All or none.
  std::vector<std::string> bulk_enqueue(std::vector<new_job> jobs);
  [[nodiscard]] result<std::vector<std::string>>
  try_bulk_enqueue(std::vector<new_job> jobs);

  /// As `client::cancel`.
  std::vector<cancel_answer> cancel(const std::vector<std::string>& ids);
  [[nodiscard]] result<std::vector<cancel_answer>>
  try_cancel(const std::vector<std::string>& ids);

  /// The counts of all queues that have jobs or dead letters.
  std::vector<queue_counts> status();
  [[nodiscard]] result<std::vector<queue_counts>> try_status();

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace callboard
