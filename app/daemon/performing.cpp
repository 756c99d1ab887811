#include "app/daemon/performing.hpp"

#include "actors/metrics/logging_observer.hpp"
#include "actors/metrics/prometheus.hpp"
#include "app/cli/text.hpp"
#include "app/daemon/reload.hpp"
#include "app/daemon/words.hpp"
#include "app/handlers/make_workers.hpp"
#include "config/load.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <utility>

namespace callboard::app {

performing::performing(const perform_command& what, config::settings settings,
                       console& io)
    : what_{what}, settings_{std::move(settings)}, io_{io},
      log_{settings_.log} {}

performing::~performing() = default;

exit_code performing::run() {
  wishes_.start([this] { give_up(); });
  if (auto code = start(); code != exit_code::done)
    return code;
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

exit_code performing::start() {
  auto workers = make_workers(settings_);
  if (auto* problems = std::get_if<std::vector<config::problem>>(&workers)) {
    for (const auto& each : *problems)
      note(io_, to_string(each, what_.config));
    return exit_code::usage;
  }
  const auto& join = *settings_.join;
  performer_options options{.nodes
                            = what_.join.empty() ? join.nodes : what_.join,
                            .tls = join.tls,
                            .name = settings_.node.node_name,
                            .silence = join.silence,
                            .shutdown_grace = settings_.node.shutdown_grace,
                            .hung_grace = settings_.node.hung_grace,
                            .max_crashes = settings_.node.max_crashes,
                            .log = log_.sink()};
  if (options.nodes.empty())
    return complain(io_,
                    "no node to perform for: give --join HOST:PORT, or "
                    "node.join in "
                        + what_.config,
                    exit_code::usage);
  options.observers.push_back(running_);
  if (what_.live) {
    live_ = std::make_shared<live_view>(io_.out, io_.colours, settings_);
    options.observers.push_back(live_);
  } else {
    options.observers.push_back(make_logging_observer(log_.sink()));
  }
  auto nodes = options.nodes;
  try {
    performer_ = std::make_unique<performer>(
        std::move(options),
        std::get<std::vector<worker_config>>(std::move(workers)));
  } catch (const failure& x) {
    return complain(io_, x.why());
  }
  if (auto code = listen(); code != exit_code::done)
    return code;
  std::size_t slots = 0;
  for (const auto& each : settings_.queues)
    slots += static_cast<std::size_t>(each.concurrency);
  log_.info("ready: " + many(settings_.queues.size(), "queue") + ", "
            + many(slots, "slot") + ", for " + app::join(nodes)
            + (http_ ? ", " + http_->address() : ""));
  return exit_code::done;
}

exit_code performing::listen() {
  if (!settings_.http)
    return exit_code::done;
  auto server = http_server::start(
      *settings_.http,
      {.metrics
       = [source = performer_->metrics()] { return prometheus_text(*source); },
       .health =
           [this] {
             return report();
           }});
  if (!server)
    return complain(io_, server.error());
  http_ = std::move(*server);
  return exit_code::done;
}

health_report performing::report() const {
  auto linked = performer_->linked();
  auto draining = draining_.load();
  auto well = linked > 0 && !draining;
  boost::json::object body{{"workers", draining ? "draining" : "working"},
                           {"nodes", linked},
                           {"status", well ? "ok" : "unhealthy"}};
  if (!well)
    body["reason"] = draining ? "no worker takes jobs: draining"
                              : "connected to no node; the log tells why";
  return {well, boost::json::serialize(body) + "\n"};
}

void performing::reload() {
  auto loaded = config::load(what_.config, config::process_environment(),
                             config::purpose::perform);
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
  if (wanted.join->tls)
    if (auto taken = performer_->reload(*wanted.join->tls); !taken)
      return refuse({{"/node/tls", taken.error().message}});
  auto later = needs_restart(settings_, wanted);
  if (!later.empty())
    log_.warning(what_.config
                 + ": restart for these to change, too: " + app::join(later));
  log_.level(wanted.log.level);
  settings_.queues = wanted.queues;
  // Upgrades may overlap; one that waits for a long job holds up nothing.
  upgrades_.emplace_back(
      [this, next = std::get<std::vector<worker_config>>(
                 std::move(workers))]() mutable { upgrade(std::move(next)); });
}

void performing::upgrade(std::vector<worker_config> workers) {
  auto queues = workers.size();
  tell_upgrade(log_, what_.config, queues,
               performer_->upgrade(std::move(workers)));
}

exit_code performing::drain() {
  draining_ = true;
  auto running = running_->names();
  auto grace = show_span(settings_.node.shutdown_grace);
  log_.info("ending: no new jobs; "
            + (running.empty() ? std::string{"none runs"}
                               : many(running.size(), "job") + " may take "
                                     + grace + ": " + app::join(running)));
  auto report = performer_->close();
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
  log_.error("ended after " + grace
             + " while these still ran, which will be performed again: "
             + app::join(report.still_running));
  return exit_code::failed;
}

void performing::give_up() {
  auto running = running_->names();
  log_.error("asked twice to end: stopped at once; "
             + (running.empty() ? "no job ran"
                                : "to be performed again elsewhere: "
                                      + app::join(running)));
}

} // namespace callboard::app
