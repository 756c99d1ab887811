#pragma once

#include "tests/e2e/database_server.hpp"
#include "tests/e2e/health_watch.hpp"
#include "tests/e2e/scene.hpp"
#include "tests/support/tcp_proxy.hpp"

#include <soci/soci.h>

#include <memory>
#include <string>
#include <vector>

namespace callboard::test {

struct busy_options {
  std::string queues = mail_queue;
  /// More keys of the config's database, and of the config.
  std::string database;
  std::string more;
  /// Of the job that runs.
  std::string arg;
};

/// A daemon in the midst of a job on a PostgreSQL server, and the network
/// between them: both are the test's own, to be troubled as it likes. The job
/// is g1 of type gate, and ends when the gate is opened.
struct busy_daemon {
  explicit busy_daemon(const busy_options& options = {});

  /// Straight to the server, past the network.
  std::unique_ptr<soci::session> session() const;

  /// These hold for all sessions from now on, also for those that are there
  /// and did not say otherwise.
  void alter_system(const std::vector<std::string>& settings) const;

  /// `enqueue` fails with this exit code and a word on why.
  void check_refused(int code, const std::string& why,
                     const std::string& arg = {}) const;

  /// The trouble, of this name, is over: the daemon notices, and says how long
  /// that took.
  void await_return(const std::string& trouble) const;

  /// The job that ran through it all has ended so, once; new ones are
  /// performed, nothing is left behind, and no daemon was told to stop,
  /// declared dead, or has done anything twice.
  void check_unharmed(const std::string& end = "✔ done");

  database_server server;
  tcp_proxy network;
  scene here{backend::make(backend_kind::sqlite_file)};
  std::unique_ptr<process> daemon;
  std::unique_ptr<health_watch> health;
  /// More of them, which `check_unharmed` looks at, too.
  std::vector<std::unique_ptr<process>> others;
};

} // namespace callboard::test
