#include "app/daemon/daemon.hpp"

#include "app/cli/text.hpp"
#include "app/daemon/words.hpp"

#include <set>
#include <utility>

namespace callboard::app {

daemon::daemon(const run_command& what, config::settings settings, console& io)
    : service{{.file = what.config,
               .purpose = config::purpose::any,
               .live = what.live,
               .heirs = "by another node or at the next start"},
              std::move(settings),
              io},
      what_{what} {}

daemon::~daemon() {
  stop_serving();
}

// -- start --------------------------------------------------------------------

exit_code daemon::begin(std::vector<worker_config> workers) {
  if (auto code = open_database(); code != exit_code::done)
    return code;
  health_ = std::make_unique<health>(
      db_, [this] { return client_ ? client_->links() : link_report{}; });
  client_ = std::make_unique<client>(db_, options_of_client());
  auto code = listen(client_->metrics(), [this] { return health_->report(); });
  if (code != exit_code::done)
    return code;
  auto done = client_->try_upgrade(std::move(workers));
  if (!done)
    return tell(done.error());
  health_->enter(phase::working);
  if (once_)
    once_->start();
  return exit_code::done;
}

exit_code daemon::open_database() {
  db_ = open(settings().database_url, settings().database);
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
    log().info("this database already has " + many(others.size(), "node") + ": "
               + join(others) + "; they share its queues with this one");
  return exit_code::done;
}

client_options daemon::options_of_client() {
  auto options = settings().node;
  options.log = log().sink();
  for (auto& each : observers())
    options.observers.push_back(std::move(each));
  if (what_.once) {
    std::set<std::string> queues;
    for (const auto& each : settings().queues)
      queues.insert(each.name);
    once_ = std::make_shared<once_watcher>(db_, queues, what_.once_horizon,
                                           [this] { push(wish::end); });
    options.observers.push_back(once_);
  }
  return options;
}

std::string daemon::whereabouts() const {
  auto cluster = client_->cluster_address();
  return "database " + db_->name() + http_part()
         + (cluster.empty() ? "" : ", cluster " + cluster);
}

// -- while it works -----------------------------------------------------------

result<void> daemon::take_certificates(const config::settings& wanted) {
  if (!wanted.node.cluster)
    return {};
  return client_->try_reload(*wanted.node.cluster);
}

result<drain_report> daemon::upgrade(std::vector<worker_config> workers) {
  return client_->try_upgrade(std::move(workers));
}

// -- end ----------------------------------------------------------------------

void daemon::draining() {
  health_->enter(phase::draining);
}

drain_report daemon::close() {
  once_.reset();
  return client_->close();
}

} // namespace callboard::app
