#include "actors/client/node.hpp"

#include "actors/cluster/cluster.hpp"
#include "actors/register_types.hpp"
#include "actors/supervisor/supervisor.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/logger.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <random>
#include <thread>
#include <utility>

namespace callboard::actors {

namespace {

// Beside the grace period: what the last steps of a close may take, and then
// some, since an answer that never comes would be a bug.
constexpr auto slack = std::chrono::seconds{60};

// An actor system that does not end by then is left to itself.
constexpr auto end_time = std::chrono::seconds{10};

struct config : caf::actor_system_config {
  explicit config(const client_options& settings) {
    register_types(*this);
    // Costs threads, so only where it is of use.
    if (settings.cluster)
      load_cluster(*this, settings.cluster->silence);
    // No polling when idle, and no delay when a worker blocks for a moment.
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads",
        static_cast<size_t>(std::max(2U, std::thread::hardware_concurrency())));
  }
};

double draw() {
  thread_local std::minstd_rand engine{std::random_device{}()};
  return std::uniform_real_distribution<double>{0, 1}(engine);
}

/// A thread that made an actor system or talked to one holds on to its logger
/// until it talks to another, and the destructor of the system waits for that
/// logger. So each function below lets go of it at its end.
struct let_go_of_logger {
  ~let_go_of_logger() { caf::logger::set_current_actor_system(nullptr); }
};

/// A system and its configuration, which must outlive it.
struct system_with_config {
  explicit system_with_config(const client_options& settings) : cfg{settings} {}

  config cfg;
  caf::actor_system sys{cfg};
};

/// Ends the system on another thread, since that waits for every actor and
/// every handler for ever; true when it is gone in time.
bool end(std::unique_ptr<system_with_config> system) {
  struct watch {
    std::mutex mutex;
    std::condition_variable changed;
    bool ended = false;
  };
  auto shared = std::make_shared<watch>();
  std::thread{[shared, raw = system.release()] {
    delete raw;
    std::lock_guard lock{shared->mutex};
    shared->ended = true;
    shared->changed.notify_all();
  }}.detach();
  std::unique_lock lock{shared->mutex};
  return shared->changed.wait_for(lock, end_time,
                                  [&] { return shared->ended; });
}

/// Systems in which something still runs that can't be stopped. Destroying one
/// would wait for that; so they stay, until the process ends.
void leave_running(std::unique_ptr<system_with_config> system,
                   supervisor_actor supervisor) {
  struct remains {
    std::unique_ptr<system_with_config> system;
    supervisor_actor supervisor;
  };
  static std::mutex mutex;
  static auto* graveyard = new std::vector<remains>;
  std::lock_guard lock{mutex};
  graveyard->push_back({std::move(system), std::move(supervisor)});
}

} // namespace

struct node::impl {
  client_options settings;
  std::unique_ptr<system_with_config> system;
  std::unique_ptr<cluster> others;
  supervisor_actor supervisor;
  std::mutex closing;
  std::optional<drain_report> closed;

  void log(log_level level, std::string message) const {
    if (settings.log)
      settings.log({level, std::move(message), {}});
  }
};

node::node(std::unique_ptr<impl> made) : impl_{std::move(made)} {}

result<std::shared_ptr<node>>
node::make(database_ptr db, client_options settings,
           std::shared_ptr<watched_counters> numbers,
           cluster_services services) {
  let_go_of_logger at_end;
  auto x = std::make_unique<impl>();
  x->settings = settings;
  x->system = std::make_unique<system_with_config>(settings);
  auto& sys = x->system->sys;
  if (settings.cluster) {
    auto opened = cluster::open(sys, *settings.cluster, settings.node_name,
                                settings.log);
    if (!opened)
      return opened.error();
    x->others = std::move(*opened);
  }
  x->supervisor = spawn_supervisor(
      sys, {.db = std::move(db),
            .settings = std::move(settings),
            .address = x->others ? x->others->address() : std::string{},
            .numbers = std::move(numbers),
            .draw = draw});
  if (x->others)
    x->others->start(x->supervisor, std::move(services), {});
  return std::shared_ptr<node>{new node{std::move(x)}};
}

node::~node() {
  auto report = close(impl_->settings.shutdown_grace);
  impl_->others.reset();
  if (!report.drained || report.hung > 0) {
    leave_running(std::move(impl_->system), std::move(impl_->supervisor));
    return;
  }
  impl_->supervisor = nullptr;
  if (!end(std::move(impl_->system)))
    impl_->log(log_level::error,
               "the node was closed, but its actors did not end; they are "
               "left to themselves");
}

result<drain_report> node::upgrade(std::vector<worker_config> configs) {
  let_go_of_logger at_end;
  caf::scoped_actor self{impl_->system->sys};
  auto grace = impl_->settings.shutdown_grace;
  auto shared
      = std::make_shared<const std::vector<worker_config>>(std::move(configs));
  result<drain_report> answer = drain_report{};
  self->request(impl_->supervisor, caf::duration{grace + slack},
                upgrade_call{shared, grace})
      .receive([&](drain_report& x) { answer = std::move(x); },
               [&](const caf::error& why) {
                 answer = error{errc::closed,
                                "the client was closed during an upgrade ("
                                    + impl_->system->sys.render(why) + ")"};
               });
  return answer;
}

void node::wake(const std::string& queue, duration after) {
  caf::anon_send(impl_->supervisor, wake_up{queue, after});
}

void node::hint(const std::vector<std::string>& queues) {
  if (!impl_->others)
    return;
  let_go_of_logger at_end;
  for (const auto& queue : queues)
    impl_->others->wake(queue);
}

result<void> node::reload(const cluster_options& wanted) {
  return impl_->others ? impl_->others->reload(wanted) : result<void>{};
}

std::string node::address() const {
  return impl_->others ? impl_->others->address() : std::string{};
}

void node::look_for_cancelled() {
  if (impl_->others)
    impl_->others->look_for_cancelled();
  caf::anon_send(impl_->supervisor, cancel_atom_v);
}

drain_report node::close(duration grace) {
  std::lock_guard lock{impl_->closing};
  if (impl_->closed)
    return *impl_->closed;
  let_go_of_logger at_end;
  caf::scoped_actor self{impl_->system->sys};
  drain_report report;
  self->request(impl_->supervisor, caf::duration{grace + slack},
                close_call{grace})
      .receive([&](drain_report& x) { report = std::move(x); },
               [&](const caf::error& why) {
                 report.drained = false;
                 report.still_running.push_back("the node did not answer ("
                                                + impl_->system->sys.render(why)
                                                + ")");
               });
  if (impl_->others)
    impl_->others->close();
  impl_->closed = report;
  return report;
}

std::vector<queue_status> node::queues() const {
  let_go_of_logger at_end;
  caf::scoped_actor self{impl_->system->sys};
  std::vector<queue_status> all;
  self->request(impl_->supervisor, caf::duration{slack}, status_atom_v)
      .receive([&](std::vector<queue_status>& x) { all = std::move(x); },
               [](const caf::error&) {});
  return all;
}

} // namespace callboard::actors
