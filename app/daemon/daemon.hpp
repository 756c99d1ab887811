#pragma once

#include "app/cli/command_line.hpp"
#include "app/cli/console.hpp"
#include "app/daemon/live_view.hpp"
#include "app/daemon/logging.hpp"
#include "app/daemon/once.hpp"
#include "app/daemon/running_jobs.hpp"
#include "app/daemon/signals.hpp"
#include "app/http/server.hpp"

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace callboard::app {

/// `callboard run`: the one place where settings, database, client, signals
/// and HTTP meet. Signals and `--once` put wishes into a queue, which the
/// calling thread fulfils one by one; only the second request to end acts at
/// once, from the signals' thread.
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
  enum class wish { reload, end };

  // -- start, in this order ---------------------------------------------------

  exit_code start();
  exit_code open_database();
  exit_code listen();
  exit_code start_workers(std::vector<worker_config> workers);
  void greet();

  // -- while it works ---------------------------------------------------------

  void push(wish what);
  wish next_wish();
  void take_signals();
  void reload();
  void upgrade(std::vector<worker_config> workers);

  // -- end --------------------------------------------------------------------

  exit_code drain();
  exit_code tell(const error& what);

  run_command what_;
  config::settings settings_;
  console& io_;
  signal_waiter signals_;
  log_writer log_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<wish> wishes_;
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
  std::thread signal_thread_;
};

} // namespace callboard::app
