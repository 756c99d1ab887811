#pragma once

#include "actors/client/client.hpp"
#include "app/cli/console.hpp"
#include "app/cli/exit_code.hpp"
#include "app/daemon/live_view.hpp"
#include "app/daemon/logging.hpp"
#include "app/daemon/running_jobs.hpp"
#include "app/daemon/wishes.hpp"
#include "app/http/server.hpp"
#include "config/load.hpp"

#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace callboard::app {

/// What `run` and `perform` have in common: workers by a config file, from the
/// start until a signal ends them, reloads in between, and the HTTP port. The
/// calling thread of `run` fulfils the wishes of signals.
class service {
public:
  service(const service&) = delete;
  service& operator=(const service&) = delete;

  /// From start to end.
  exit_code run();

protected:
  struct facts {
    std::string file;
    config::purpose purpose = config::purpose::any;
    /// One line per event for people, instead of the log.
    bool live = false;
    /// Where jobs go that are stopped: "elsewhere".
    std::string heirs;
  };

  /// Blocks the signals: make it before any other thread.
  service(facts what, config::settings settings, console& io);
  /// Whoever derives calls `stop_serving` first, if the HTTP port asks it.
  virtual ~service();

  // -- what they do differently -----------------------------------------------

  /// Opens what the workers need, calls `listen`, and lets them begin.
  virtual exit_code begin(std::vector<worker_config> workers) = 0;
  /// For the line that says "ready": whom they work for, with `http_part`.
  virtual std::string whereabouts() const = 0;
  /// A reload has new certificates and rules.
  virtual result<void> take_certificates(const config::settings& wanted) = 0;
  /// Blocks until the old workers have drained; on a thread of its own.
  virtual result<drain_report> upgrade(std::vector<worker_config> workers) = 0;
  /// No job is begun any more; called before `close`.
  virtual void draining() = 0;
  virtual drain_report close() = 0;

  // -- what they share --------------------------------------------------------

  /// Those that every service has.
  std::vector<std::shared_ptr<observer>> observers();
  /// Opens the HTTP port if the config names one.
  exit_code listen(std::shared_ptr<const metrics_source> metrics,
                   std::function<health_report()> health);
  void stop_serving() { http_.reset(); }
  /// ", http://127.0.0.1:8910", or nothing.
  std::string http_part() const;
  exit_code tell(const error& what);
  /// Any thread.
  void push(wish what) { wishes_.push(what); }

  const config::settings& settings() const noexcept { return settings_; }
  const std::string& file() const noexcept { return facts_.file; }
  const log_writer& log() const noexcept { return log_; }
  console& io() const noexcept { return io_; }

private:
  exit_code start();
  void reload();
  void take_over(std::vector<worker_config> workers);
  exit_code drain();
  /// Asked twice to end.
  void give_up();

  facts facts_;
  config::settings settings_;
  console& io_;
  wish_queue wishes_;
  log_writer log_;
  const std::shared_ptr<running_jobs> running_
      = std::make_shared<running_jobs>();
  std::shared_ptr<live_view> live_;
  std::unique_ptr<http_server> http_;
  /// Upgrades that may still wait for jobs of the old workers.
  std::vector<std::thread> upgrades_;
};

} // namespace callboard::app
