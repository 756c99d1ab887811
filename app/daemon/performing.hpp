#pragma once

#include "actors/client/performer.hpp"
#include "app/cli/command_line.hpp"
#include "app/daemon/service.hpp"

#include <atomic>
#include <memory>
#include <string>
#include <vector>

namespace callboard::app {

/// `callboard perform`: settings, performer, signals and HTTP.
class performing : public service {
public:
  /// Blocks the signals: make it before any other thread.
  performing(const perform_command& what, config::settings settings,
             console& io);
  ~performing() override;

private:
  exit_code begin(std::vector<worker_config> workers) override;
  std::string whereabouts() const override;
  result<void> take_certificates(const config::settings& wanted) override;
  result<drain_report> upgrade(std::vector<worker_config> workers) override;
  void draining() override;
  drain_report close() override;

  health_report report() const;

  /// "host:port" of those that it dials.
  std::vector<std::string> nodes_;
  std::atomic<bool> draining_{false};
  std::unique_ptr<performer> performer_;
};

} // namespace callboard::app
