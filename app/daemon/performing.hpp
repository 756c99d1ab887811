#pragma once

#include "actors/client/performer.hpp"
#include "app/cli/command_line.hpp"
#include "app/cli/console.hpp"
#include "app/daemon/live_view.hpp"
#include "app/daemon/logging.hpp"
#include "app/daemon/running_jobs.hpp"
#include "app/daemon/wishes.hpp"
#include "app/http/server.hpp"

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace callboard::app {

/// `callboard perform`: settings, performer, signals and HTTP. The calling
/// thread fulfils the wishes of signals.
class performing {
public:
  /// Blocks the signals: make it before any other thread.
  performing(const perform_command& what, config::settings settings,
             console& io);
  ~performing();

  performing(const performing&) = delete;
  performing& operator=(const performing&) = delete;

  /// From start to end.
  exit_code run();

private:
  exit_code start();
  exit_code listen();
  health_report report() const;
  void reload();
  void upgrade(std::vector<worker_config> workers);
  exit_code drain();
  void give_up();

  perform_command what_;
  config::settings settings_;
  console& io_;
  wish_queue wishes_;
  log_writer log_;
  const std::shared_ptr<running_jobs> running_
      = std::make_shared<running_jobs>();
  std::shared_ptr<live_view> live_;
  std::atomic<bool> draining_{false};
  std::unique_ptr<performer> performer_;
  std::unique_ptr<http_server> http_;
  /// Upgrades that may still wait for jobs of the old workers.
  std::vector<std::thread> upgrades_;
};

} // namespace callboard::app
