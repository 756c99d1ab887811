#pragma once

#include "app/cli/command_line.hpp"
#include "app/cli/console.hpp"
#include "app/daemon/live_view.hpp"
#include "app/daemon/logging.hpp"
#include "app/daemon/once.hpp"
#include "app/daemon/running_jobs.hpp"
#include "app/daemon/wishes.hpp"
#include "app/http/server.hpp"

#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace callboard::app {

/// `callboard run`: the one place where settings, database, client, signals
/// and HTTP meet. The calling thread fulfils the wishes of signals and of
/// `--once`.
class daemon {
public:
  /// Blocks the signals: make it before any other thread.
  daemon(const run_command& what, config::settings settings, console& io);
  ~daemon();

  daemon(const daemon&) = delete;
  daemon& operator=(const daemon&) = delete;

  /// From start to end.
  exit_code run();

private:
  // -- start, in this order ---------------------------------------------------

  exit_code start();
  exit_code open_database();
  exit_code listen();
  exit_code start_workers(std::vector<worker_config> workers);
  void greet();

  // -- while it works ---------------------------------------------------------

  void reload();
  void upgrade(std::vector<worker_config> workers);
  /// Asked twice to end.
  void give_up();

  // -- end --------------------------------------------------------------------

  exit_code drain();
  exit_code tell(const error& what);

  run_command what_;
  config::settings settings_;
  console& io_;
  wish_queue wishes_;
  log_writer log_;
  const std::shared_ptr<running_jobs> running_
      = std::make_shared<running_jobs>();
  std::shared_ptr<live_view> live_;
  std::shared_ptr<once_watcher> once_;
  database_ptr db_;
  std::unique_ptr<health> health_;
  std::unique_ptr<client> client_;
  std::unique_ptr<http_server> http_;
  /// Upgrades that may still wait for jobs of the old workers.
  std::vector<std::thread> upgrades_;
};

} // namespace callboard::app
