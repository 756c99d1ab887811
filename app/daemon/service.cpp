#include "app/daemon/service.hpp"

#include "actors/metrics/logging_observer.hpp"
#include "actors/metrics/prometheus.hpp"
#include "app/cli/access.hpp"
#include "app/cli/text.hpp"
#include "app/daemon/reload.hpp"
#include "app/daemon/stdout_lines.hpp"
#include "app/daemon/words.hpp"
#include "app/handlers/make_workers.hpp"

#include <utility>

namespace callboard::app {

namespace {

std::string log_metrics(const log_writer& log) {
  constexpr const char* name = "callboard_log_lines_dropped_total";
  return std::string{"# HELP "} + name
         + " Lines of the log that nobody read in time\n# TYPE " + name
         + " counter\n" + name + " " + std::to_string(log.dropped()) + "\n";
}

} // namespace

service::service(facts what, config::settings settings, console& io)
    : facts_{std::move(what)}, settings_{std::move(settings)}, io_{io},
      log_{settings_.log} {}

service::~service() = default;

exit_code service::run() {
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

// -- start --------------------------------------------------------------------

exit_code service::start() {
  auto workers = make_workers(settings_);
  if (auto* problems = std::get_if<std::vector<config::problem>>(&workers)) {
    for (const auto& each : *problems)
      note(io_, to_string(each, file()));
    return exit_code::usage;
  }
  auto code = begin(std::get<std::vector<worker_config>>(std::move(workers)));
  if (code != exit_code::done)
    return code;
  std::size_t slots = 0;
  for (const auto& each : settings_.queues)
    slots += static_cast<std::size_t>(each.concurrency);
  log_.info("ready: " + many(settings_.queues.size(), "queue") + ", "
            + many(slots, "slot") + ", " + whereabouts());
  return exit_code::done;
}

std::vector<std::shared_ptr<observer>> service::observers() {
  if (!facts_.live)
    return {running_, make_logging_observer(log_.sink())};
  live_ = std::make_shared<live_view>(stdout_lines(), io_.colours, settings_);
  return {running_, live_};
}

exit_code service::listen(std::shared_ptr<const metrics_source> metrics,
                          std::function<health_report()> health) {
  if (!settings_.http)
    return exit_code::done;
  auto server = http_server::start(*settings_.http,
                                   {.metrics =
                                        [this, source = std::move(metrics)] {
                                          return prometheus_text(*source)
                                                 + log_metrics(log_);
                                        },
                                    .health = std::move(health)});
  if (!server)
    return tell(server.error());
  http_ = std::move(*server);
  return exit_code::done;
}

std::string service::http_part() const {
  return http_ ? ", " + http_->address() : std::string{};
}

// -- while it works -----------------------------------------------------------

void service::reload() {
  auto loaded
      = config::load(file(), config::process_environment(), facts_.purpose);
  auto refuse = [&](const std::vector<config::problem>& problems) {
    for (const auto& each : problems)
      log_.error(to_string(each, file()));
    log_.error(file() + " was not taken: " + many(problems.size(), "problem")
               + "; nothing has changed");
  };
  if (auto* problems = std::get_if<std::vector<config::problem>>(&loaded))
    return refuse(*problems);
  auto& wanted = std::get<config::settings>(loaded);
  auto workers = make_workers(wanted);
  if (auto* problems = std::get_if<std::vector<config::problem>>(&workers))
    return refuse(*problems);
  if (auto taken = take_certificates(wanted); !taken)
    return refuse({{"/node/tls", taken.error().message}});
  auto later = needs_restart(settings_, wanted);
  if (!later.empty())
    log_.warning(file() + ": restart for these to change, too: " + join(later));
  log_.level(wanted.log.level);
  settings_.queues = wanted.queues;
  // Upgrades may overlap; one that waits for a long job holds up nothing.
  upgrades_.emplace_back([this, next = std::get<std::vector<worker_config>>(
                                    std::move(workers))]() mutable {
    take_over(std::move(next));
  });
}

void service::take_over(std::vector<worker_config> workers) {
  auto queues = workers.size();
  tell_upgrade(log_, file(), queues, upgrade(std::move(workers)));
}

// -- end ----------------------------------------------------------------------

exit_code service::drain() {
  draining();
  auto running = running_->names();
  auto grace = show_span(settings_.node.shutdown_grace);
  log_.info("ending: no new jobs; "
            + (running.empty() ? std::string{"none runs"}
                               : many(running.size(), "job") + " may take "
                                     + grace + ": " + join(running)));
  auto report = close();
  for (auto& each : upgrades_)
    each.join();
  upgrades_.clear();
  stop_serving();
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
             + join(report.still_running));
  return exit_code::failed;
}

void service::give_up() {
  auto running = running_->names();
  log_.error("asked twice to end: stopped at once; "
             + (running.empty() ? "no job ran"
                                : "to be performed again " + facts_.heirs + ": "
                                      + join(running)));
  log_.flush();
}

exit_code service::tell(const error& what) {
  return complain_about(io_, what, file());
}

} // namespace callboard::app
