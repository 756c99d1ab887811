#pragma once

#include "actors/actors.hpp"
#include "actors/client/cluster_options.hpp"
#include "actors/cluster/link_options.hpp"
#include "actors/cluster/peers.hpp"
#include "actors/cluster/services.hpp"

#include <caf/fwd.hpp>

#include <memory>
#include <string>

namespace callboard::actors {

/// Prepares a configuration for links: CAF's middleman, and heartbeats often
/// enough for this time of silence. Call it before the system is made.
void load_cluster(caf::actor_system_config& cfg, duration silence);

/// The part of a node that talks to other processes: its port, links to other
/// nodes, remote clients and performers. Thread-safe.
class cluster {
public:
  /// Opens the port; takes nobody in yet.
  static result<std::unique_ptr<cluster>> open(caf::actor_system& sys,
                                               const cluster_options& options,
                                               std::string node_name,
                                               log_sink log);

  ~cluster();

  cluster(const cluster&) = delete;
  cluster& operator=(const cluster&) = delete;

  /// "host:port", as the other nodes shall dial it.
  const std::string& address() const noexcept;

  /// Takes peers in from now on. `performers` gets the links of performers;
  /// null: they are refused.
  void start(supervisor_actor supervisor, cluster_services services,
             link_owner_actor performers);

  /// Tells the other nodes: this queue has due jobs.
  void wake(const std::string& queue);

  /// Tells the other nodes: look for jobs to cancel.
  void look_for_cancelled();

  /// Takes other certificate files and rules; bad ones change nothing.
  result<void> reload(const cluster_options& wanted);

  /// Hangs up and closes the port. Calls of the services may still run until
  /// the actor system has ended.
  void close();

private:
  struct impl;
  explicit cluster(std::unique_ptr<impl> made);

  std::unique_ptr<impl> impl_;
};

} // namespace callboard::actors
