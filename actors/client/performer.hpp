#pragma once

#include "actors/client/client.hpp"
#include "actors/cluster/tls_files.hpp"
#include "actors/pipeline/worker_config.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace callboard {

struct performer_options {
  /// "host:port" of the full nodes to perform for. All of them belong to one
  /// database; each has a queue of `worker_config::performers` for the jobs.
  std::vector<std::string> nodes;
  /// Nothing: no TLS, which a node allows on its own machine.
  std::optional<tls_files> tls{};
  /// Shown by the nodes, and in the errors of jobs that it took along. Empty:
  /// host name and process id.
  std::string name{};
  /// A node from which nothing comes for so long is gone. Set it alike on all
  /// sides.
  duration silence = std::chrono::seconds{5};
  /// How long `close` waits for running jobs until it asks them to stop.
  duration shutdown_grace = std::chrono::seconds{30};
  /// As `client_options::hung_grace`; smaller than that of the nodes, or alike.
  duration hung_grace = std::chrono::seconds{5};
  /// As `client_options::max_crashes`, for isolated queues.
  std::int32_t max_crashes = 3;
  std::vector<observer_ptr> observers{};
  log_sink log{};

  [[nodiscard]] result<void> validate() const;
};

/// Performs jobs for full nodes, without access to their database. It dials
/// them, again and again for ever, and offers its slots: every free one to each
/// of them. The job's attempt, fence, request id, timeout and stop come with
/// it; the outcome goes back, resolved by the retry policy of the type.
///
/// A job whose connection ends is tried elsewhere at once (`performer lost`);
/// its stop token fires here, and its outcome is dropped.
///
/// Thread-safe; each function blocks. `failure` is thrown by the constructor.
class performer {
public:
  /// Begins to connect. Without `workers` it offers nothing until `upgrade`.
  explicit performer(performer_options options,
                     std::vector<worker_config> workers = {});
  /// As `close`.
  ~performer();
  performer(performer&&) noexcept;
  performer& operator=(performer&&) noexcept;

  /// Replaces the workers; as `client::upgrade`.
  result<drain_report> upgrade(std::vector<worker_config> workers);

  /// Takes other certificate files, for connections from now on. Bad ones
  /// change nothing; so does a call without TLS before.
  [[nodiscard]] result<void> reload(const tls_files& files);

  /// Takes no more jobs, and waits for those that run; after `shutdown_grace`
  /// they are asked to stop, and a second later left to themselves.
  drain_report close();
  drain_report close(duration grace);

  /// How many nodes it is connected to now.
  std::size_t linked() const;

  std::vector<queue_status> queues() const;

  /// For `prometheus_text`.
  std::shared_ptr<const metrics_source> metrics() const;

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace callboard
