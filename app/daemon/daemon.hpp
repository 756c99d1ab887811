#pragma once

#include "app/cli/command_line.hpp"
#include "app/daemon/once.hpp"
#include "app/daemon/service.hpp"

#include <memory>

namespace callboard::app {

/// `callboard run`: the one place where settings, database, client, signals
/// and HTTP meet.
class daemon : public service {
public:
  /// Blocks the signals: make it before any other thread.
  daemon(const run_command& what, config::settings settings, console& io);
  ~daemon() override;

private:
  exit_code begin(std::vector<worker_config> workers) override;
  std::string whereabouts() const override;
  result<void> take_certificates(const config::settings& wanted) override;
  result<drain_report> upgrade(std::vector<worker_config> workers) override;
  void draining() override;
  drain_report close() override;

  exit_code open_database();
  client_options options_of_client();

  run_command what_;
  std::shared_ptr<once_watcher> once_;
  database_ptr db_;
  std::unique_ptr<health> health_;
  std::unique_ptr<client> client_;
};

} // namespace callboard::app
