#include "actors/client/node.hpp"

#include "actors/cluster/cluster.hpp"
#include "actors/own_system.hpp"
#include "actors/performer/performer_pool.hpp"
#include "actors/supervisor/supervisor.hpp"

#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <mutex>
#include <utility>

namespace callboard::actors {

namespace {

// Beside the grace period: what the last steps of a close may take, and then
// some, since an answer that never comes would be a bug.
constexpr auto slack = std::chrono::seconds{60};

// Beside the grace that performers give to hung handlers: for their answers.
constexpr auto answer_time = std::chrono::seconds{5};

} // namespace

struct node::impl {
  client_options settings;
  std::unique_ptr<own_system> system;
  std::unique_ptr<cluster> others;
  supervisor_actor supervisor;
  performer_pool_actor performers;
  std::mutex closing;
  std::optional<drain_report> closed;

  /// The pool performs the jobs of this queue.
  void hand_over(worker_config& config) const {
    const auto& rule = *config.performers;
    type_options options{.timeout = rule.timeout};
    options.retry.max_attempts = rule.max_attempts;
    config.handle.otherwise(
        std::make_shared<actor_target>(performers,
                                       settings.hung_grace + answer_time, true),
        options);
  }

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
  // Links to others cost threads, so only where they are of use.
  auto silence = settings.cluster ? std::optional{settings.cluster->silence}
                                  : std::nullopt;
  x->system = std::make_unique<own_system>(silence, scheduler_threads());
  auto& sys = x->system->sys();
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
  if (x->others) {
    x->performers = spawn_performer_pool(
        sys, {.supervisor = x->supervisor, .log = x->settings.log});
    x->others->start(x->supervisor, std::move(services), x->performers);
  }
  return std::shared_ptr<node>{new node{std::move(x)}};
}

node::~node() {
  auto report = close(impl_->settings.shutdown_grace);
  impl_->others.reset();
  if (!report.drained || report.hung > 0) {
    leave_running(
        std::move(impl_->system),
        caf::actor_cast<caf::strong_actor_ptr>(std::move(impl_->supervisor)));
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
  caf::scoped_actor self{impl_->system->sys()};
  auto grace = impl_->settings.shutdown_grace;
  for (auto& config : configs)
    if (config.performers)
      impl_->hand_over(config);
  auto shared
      = std::make_shared<const std::vector<worker_config>>(std::move(configs));
  result<drain_report> answer = drain_report{};
  self->request(impl_->supervisor, caf::duration{grace + slack},
                upgrade_call{shared, grace})
      .receive([&](drain_report& x) { answer = std::move(x); },
               [&](const caf::error& why) {
                 answer = error{errc::closed,
                                "the client was closed during an upgrade ("
                                    + impl_->system->sys().render(why) + ")"};
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
  caf::scoped_actor self{impl_->system->sys()};
  drain_report report;
  self->request(impl_->supervisor, caf::duration{grace + slack},
                close_call{grace})
      .receive([&](drain_report& x) { report = std::move(x); },
               [&](const caf::error& why) {
                 report.drained = false;
                 report.still_running.push_back(
                     "the node did not answer ("
                     + impl_->system->sys().render(why) + ")");
               });
  if (impl_->others) {
    impl_->others->close();
    caf::anon_send_exit(impl_->performers, caf::exit_reason::user_shutdown);
    impl_->performers = nullptr;
  }
  impl_->closed = report;
  return report;
}

std::vector<queue_status> node::queues() const {
  let_go_of_logger at_end;
  caf::scoped_actor self{impl_->system->sys()};
  std::vector<queue_status> all;
  self->request(impl_->supervisor, caf::duration{slack}, status_atom_v)
      .receive([&](std::vector<queue_status>& x) { all = std::move(x); },
               [](const caf::error&) {});
  return all;
}

} // namespace callboard::actors
