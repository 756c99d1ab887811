#pragma once

#include "actors/client/cluster_options.hpp"
#include "actors/metrics/links.hpp"
#include "actors/pipeline/context.hpp"
#include "actors/pipeline/log.hpp"
#include "actors/pipeline/observer.hpp"
#include "actors/pipeline/worker_config.hpp"
#include "store/database.hpp"
#include "store/model/lease.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace callboard {

/// Settings of a client and of the node that it becomes at its first
/// `upgrade`.
struct client_options {
  /// Shown in `status` and in the errors of reclaimed jobs; empty: host name
  /// and process id.
  std::string node_name;
  /// How long `close` and `upgrade` wait for running jobs.
  duration shutdown_grace = std::chrono::seconds{30};
  /// A handler that goes on for so long after its timeout, though its stop
  /// token has fired, is given up: its job is settled as timed out, and a new
  /// slot works in place of its own.
  duration hung_grace = std::chrono::seconds{5};
  /// An `enqueue` that the database has not answered by then fails: with
  /// `commit_unknown` when the job may have been stored, otherwise with the
  /// reason. Half of it is for the connect and half for each statement.
  duration enqueue_timeout = std::chrono::seconds{30};
  /// How often the node says that it lives.
  duration heartbeat = std::chrono::seconds{1};
  /// How often it looks for dead nodes.
  duration reclaim_interval = std::chrono::milliseconds{250};
  /// A node that is silent for longer is dead even when its lock is held.
  duration silence_limit = std::chrono::seconds{10};
  /// A job that outlived so many nodes goes to the dead letters; so does one of
  /// an isolated queue whose process died so often in a row.
  std::int32_t max_crashes = 3;
  /// Connections for settling and inspection, beside the one that leases.
  unsigned settle_connections = 1;
  /// Whether workers of other processes are told of new jobs; otherwise they
  /// find them at their next poll.
  bool wake_others = true;
  /// Nothing: the node listens for nobody, and nodes share the database only.
  std::optional<cluster_options> cluster{};
  std::vector<observer_ptr> observers{};
  log_sink log{};
  /// Told when the node can't go on by itself: a queue was stopped because its
  /// workers kept dying, or a part of the node died. The process should end
  /// with an error and be started anew. Called from a thread of the node; must
  /// not block, must not throw.
  std::function<void(const error&)> on_failure{};

  [[nodiscard]] result<void> validate() const;
};

/// What `upgrade` and `close` saw.
struct drain_report {
  /// Whether everything that was to end has ended.
  bool drained = true;
  /// Jobs of the old generation that still run: "mail/welcome 0190...".
  std::vector<std::string> still_running;
  /// Handlers that were given up because they did not stop after their
  /// timeout, and still hold their threads. Nobody waits for them.
  std::size_t hung = 0;
};

/// One queue of this node.
struct queue_status {
  std::string queue;
  int concurrency = 0;
  int running = 0;
  /// Counts the upgrades.
  std::uint64_t generation = 0;
  /// Handlers that were given up and still hold their threads.
  std::size_t hung = 0;
  /// Its workers died too often, or too many of them hang; only an `upgrade`
  /// starts it again.
  bool stopped = false;
};

/// Numbers of this node since its start.
struct node_counters {
  std::uint64_t leased = 0;
  std::uint64_t completed = 0;
  std::uint64_t retried = 0;
  std::uint64_t rescheduled = 0;
  std::uint64_t dead = 0;
  std::uint64_t fenced = 0;
  std::uint64_t reclaimed = 0;
  std::uint64_t worker_errors = 0;
  /// Now: jobs that run; handlers that were given up and still run.
  std::uint64_t running = 0;
  std::uint64_t hung = 0;
};

class metrics_source;

/// Enqueues jobs and, after `upgrade`, performs them. The face of the library.
/// All functions are thread-safe and may block; none may be called from a CAF
/// actor that is not detached. The functions without `try_` throw `failure`.
class client {
public:
  /// Connects to nothing yet.
  explicit client(database_ptr db, client_options options = {});

  /// Closes with the grace period of the options.
  ~client();

  client(client&&) noexcept;
  client& operator=(client&&) noexcept;

  // -- jobs in
  // -------------------------------------------------------------------

  /// Stores the job durably, then wakes a worker. Answers the id.
  std::string enqueue(new_job job);

  /// The same from inside a handler, whose request id goes on.
  std::string enqueue(const context& surrounding, new_job job);

  /// All or none.
  std::vector<std::string> bulk_enqueue(std::vector<new_job> jobs);
  std::vector<std::string> bulk_enqueue(const context& surrounding,
                                        std::vector<new_job> jobs);

  [[nodiscard]] result<std::vector<std::string>>
  try_bulk_enqueue(std::vector<new_job> jobs);

  /// Tells the workers of `queue` that it has due jobs: after a commit of
  /// one's own transaction, to save the wait for the next poll.
  void wake(std::string_view queue);

  // -- jobs out
  // -------------------------------------------------------------------

  /// Removes jobs that wait, and asks running ones to stop, on whichever node:
  /// their stop tokens fire within milliseconds on this node and where the
  /// database has wake-ups, else at the next heartbeat. A job that stops goes
  /// to the dead letters as "cancelled: ..."; one that completes nevertheless
  /// is done. One answer for each id.
  std::vector<cancel_answer> cancel(const std::vector<std::string>& ids);
  [[nodiscard]] result<std::vector<cancel_answer>>
  try_cancel(const std::vector<std::string>& ids);

  // -- workers
  // -------------------------------------------------------------------

  /// Replaces the workers by these, without pause, loss or doubled jobs. What
  /// can fail fails first, and changes nothing. Returns when the old generation
  /// has drained or the grace is over; jobs of queues that were left out are
  /// asked to stop then, and waited for a second more. Several may overlap.
  drain_report upgrade(std::vector<worker_config> configs);
  [[nodiscard]] result<drain_report>
  try_upgrade(std::vector<worker_config> configs);

  /// Takes other certificates and rules for later connections of the cluster
  /// (only `tls` and `allow` of the options). Bad ones change nothing.
  [[nodiscard]] result<void> try_reload(const cluster_options& wanted);

  /// Stops leasing, finishes what runs within the grace period, hands back
  /// the rest. Later calls answer the same report; later `enqueue`s fail with
  /// `closed`.
  drain_report close();
  drain_report close(duration grace);

  // -- looking
  // -------------------------------------------------------------------

  node_counters counters() const;

  /// The queues of the newest upgrade; empty before the first.
  std::vector<queue_status> queues() const;

  /// How the node is tied to its database; nothing before the first upgrade.
  link_report links() const;

  /// "host:port", where other nodes, performers and remote clients reach this
  /// node; empty before the first upgrade, and when it takes no part.
  std::string cluster_address() const;

  /// For Prometheus: see actors/metrics/prometheus.hpp.
  std::shared_ptr<const metrics_source> metrics() const;

  const database_ptr& db() const noexcept;

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace callboard
