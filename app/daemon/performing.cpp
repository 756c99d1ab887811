#include "app/daemon/performing.hpp"

#include "app/cli/text.hpp"
#include "app/daemon/words.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <utility>

namespace callboard::app {

performing::performing(const perform_command& what, config::settings settings,
                       console& io)
    : service{{.file = what.config,
               .purpose = config::purpose::perform,
               .live = what.live,
               .heirs = "elsewhere"},
              std::move(settings),
              io},
      nodes_{what.join} {}

performing::~performing() {
  stop_serving();
}

exit_code performing::begin(std::vector<worker_config> workers) {
  const auto& from_file = *settings().join;
  if (nodes_.empty())
    nodes_ = from_file.nodes;
  if (nodes_.empty())
    return complain(io(),
                    "no node to perform for: give --join HOST:PORT, or "
                    "node.join in "
                        + file(),
                    exit_code::usage);
  const auto& node = settings().node;
  performer_options options{.nodes = nodes_,
                            .tls = from_file.tls,
                            .name = node.node_name,
                            .silence = from_file.silence,
                            .shutdown_grace = node.shutdown_grace,
                            .hung_grace = node.hung_grace,
                            .max_crashes = node.max_crashes,
                            .log = log().sink()};
  for (auto& each : observers())
    options.observers.push_back(std::move(each));
  try {
    performer_
        = std::make_unique<performer>(std::move(options), std::move(workers));
  } catch (const failure& x) {
    return tell(x.why());
  }
  return listen(performer_->metrics(), [this] { return report(); });
}

std::string performing::whereabouts() const {
  return "for " + join(nodes_) + http_part();
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

result<void> performing::take_certificates(const config::settings& wanted) {
  if (!wanted.join->tls)
    return {};
  return performer_->reload(*wanted.join->tls);
}

result<drain_report> performing::upgrade(std::vector<worker_config> workers) {
  return performer_->upgrade(std::move(workers));
}

void performing::draining() {
  draining_ = true;
}

drain_report performing::close() {
  return performer_->close();
}

} // namespace callboard::app
