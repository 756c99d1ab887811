#include "app/daemon/daemon.hpp"

#include "actors/metrics/logging_observer.hpp"
#include "actors/metrics/prometheus.hpp"
#include "app/cli/access.hpp"
#include "app/cli/text.hpp"
#include "app/daemon/reload.hpp"
#include "app/daemon/words.hpp"
#include "app/handlers/make_workers.hpp"
#include "config/load.hpp"

#include <ostream>
#include <set>
#include <utility>

namespace callboard::app {

daemon::daemon(const run_command& what, config::settings settings, console& io)
    : what_{what}, settings_{std::move(settings)}, io_{io},
      log_{settings_.log} {}

daemon::~daemon() = default;

exit_code daemon::run() {
  wishes_.start([this] { give_up(); });
  if (auto code = start(); code != exit_code::done)
    return code;
  greet();
  for (;;) {
    switch (wishes_.next()) {
    case wish::reload:
      reload();
      break;
    case wish::end:
      return drain();
    }
  }
}

// -- start
// ---------------------------------------------------------------------

exit_code daemon::start() {
  auto workers = make_workers(settings_);
  if (auto* problems = std::get_if<std::vector<config::problem>>(&workers)) {
    for (const auto& each : *problems)
      note(io_, to_string(each, what_.config));
    return exit_code::usage;
  }
  if (auto code = open_database(); code != exit_code::done)
    return code;
  health_ = std::make_unique<health>(
      db_, [this] { return client_ ? client_->links() : link_report{}; });
  auto options = settings_.node;
  options.log = log_.sink();
  options.observers.push_back(running_);
  if (what_.live) {
    live_ = std::make_shared<live_view>(io_.out, io_.colours, settings_);
    options.observers.push_back(live_);
  } else {
    options.observers.push_back(make_logging_observer(log_.sink()));
  }
  if (what_.once) {
    std::set<std::string> queues;
    for (const auto& each : settings_.queues)
      queues.insert(each.name);
    once_ = std::make_shared<once_watcher>(db_, queues, what_.once_horizon,
                                           [this] { wishes_.push(wish::end); });
    options.observers.push_back(once_);
  }
  client_ = std::make_unique<client>(db_, std::move(options));
  if (auto code = listen(); code != exit_code::done)
    return code;
  return start_workers(
      std::get<std::vector<worker_config>>(std::move(workers)));
}

exit_code daemon::open_database() {
  db_ = open(settings_.database_url, settings_.database);
  auto store = db_->connect();
  if (!store)
    return tell(store.error());
  auto nodes = (*store)->nodes();
  if (!nodes)
    return tell(nodes.error());
  std::vector<std::string> others;
  for (const auto& each : *nodes)
    if (each.alive)
      others.push_back(each.name);
  if (!others.empty())
    log_.info("this database already has " + many(others.size(), "node") + ": "
              + join(others) + "; they share its queues with this one");
  return exit_code::done;
}

exit_code daemon::listen() {
  if (!settings_.http)
    return exit_code::done;
  auto server = http_server::start(
      *settings_.http,
      {.metrics
       = [source = client_->metrics()] { return prometheus_text(*source); },
       .health =
           [this] {
             return health_->report();
           }});
  if (!server)
    return tell(server.error());
  http_ = std::move(*server);
  return exit_code::done;
}

exit_code daemon::start_workers(std::vector<worker_config> workers) {
  auto done = client_->try_upgrade(std::move(workers));
  if (!done)
    return tell(done.error());
  health_->enter(phase::working);
  if (once_)
    once_->start();
  return exit_code::done;
}

void daemon::greet() {
  std::size_t slots = 0;
  for (const auto& each : settings_.queues)
    slots += static_cast<std::size_t>(each.concurrency);
  auto cluster = client_->cluster_address();
  log_.info("ready: " + many(settings_.queues.size(), "queue") + ", "
            + many(slots, "slot") + ", database " + db_->name()
            + (http_ ? ", " + http_->address() : "")
            + (cluster.empty() ? "" : ", cluster " + cluster));
}

// -- while it works
// ------------------------------------------------------------

void daemon::give_up() {
  auto running = running_->names();
  log_.error("asked twice to end: stopped at once; "
             + (running.empty() ? "no job ran"
                                : "to be performed again by another node or at "
                                  "the next start: "
                                      + join(running)));
}

void daemon::reload() {
  auto loaded = config::load(what_.config);
  auto refuse = [&](const std::vector<config::problem>& problems) {
    for (const auto& each : problems)
      log_.error(to_string(each, what_.config));
    log_.error(what_.config + " was not taken: "
               + many(problems.size(), "problem") + "; nothing has changed");
  };
  if (auto* problems = std::get_if<std::vector<config::problem>>(&loaded))
    return refuse(*problems);
  auto& wanted = std::get<config::settings>(loaded);
  auto workers = make_workers(wanted);
  if (auto* problems = std::get_if<std::vector<config::problem>>(&workers))
    return refuse(*problems);
  if (wanted.node.cluster)
    if (auto taken = client_->try_reload(*wanted.node.cluster); !taken)
      return refuse({{"/node/tls", taken.error().message}});
  auto later = needs_restart(settings_, wanted);
  if (!later.empty())
    log_.warning(what_.config
                 + ": restart for these to change, too: " + join(later));
  log_.level(wanted.log.level);
  settings_.queues = wanted.queues;
  // Upgrades may overlap; one that waits for a long job holds up nothing.
  upgrades_.emplace_back(
      [this, next = std::get<std::vector<worker_config>>(
                 std::move(workers))]() mutable { upgrade(std::move(next)); });
}

void daemon::upgrade(std::vector<worker_config> workers) {
  auto queues = workers.size();
  tell_upgrade(log_, what_.config, queues,
               client_->try_upgrade(std::move(workers)));
}

// -- end
// -----------------------------------------------------------------------

exit_code daemon::drain() {
  health_->enter(phase::draining);
  auto running = running_->names();
  log_.info("ending: no new jobs; "
            + (running.empty() ? std::string{"none runs"}
                               : many(running.size(), "job") + " may take "
                                     + show_span(settings_.node.shutdown_grace)
                                     + ": " + join(running)));
  once_.reset();
  auto report = client_->close();
  for (auto& each : upgrades_)
    each.join();
  upgrades_.clear();
  http_.reset();
  if (live_)
    live_->print_summary();
  if (report.hung > 0)
    log_.warning("handlers that were given up before still ran: "
                 + std::to_string(report.hung));
  if (report.drained) {
    log_.info("ended");
    return exit_code::done;
  }
  log_.error("ended after " + show_span(settings_.node.shutdown_grace)
             + " while these still ran, which will be performed again: "
             + join(report.still_running));
  return exit_code::failed;
}

exit_code daemon::tell(const error& what) {
  return complain_about(io_, what, what_.config);
}

} // namespace callboard::app
