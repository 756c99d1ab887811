#include "actors/client/performer.hpp"

#include "actors/client/node_name.hpp"
#include "actors/cluster/dialler.hpp"
#include "actors/cluster/greeting.hpp"
#include "actors/isolation/isolate.hpp"
#include "actors/isolation/nursery.hpp"
#include "actors/metrics/metrics.hpp"
#include "actors/own_system.hpp"
#include "actors/performer/performer_actor.hpp"

#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <atomic>
#include <mutex>
#include <utility>

namespace callboard {

namespace {

// As in a node: beside the grace, an answer that never comes would be a bug.
constexpr auto slack = std::chrono::seconds{60};

// So long for what observers are still to be told.
constexpr auto last_words = std::chrono::seconds{1};

// Processes of handlers that were told to end are killed after that anyway.
constexpr auto departure_time = std::chrono::seconds{10};

} // namespace

result<void> performer_options::validate() const {
  auto wrong = [](std::string why) {
    return error{errc::invalid_config, "performer: " + std::move(why)};
  };
  if (nodes.empty())
    return wrong("name at least one node to perform for, as host:port");
  for (const auto& node : nodes)
    if (auto at = actors::parse_address(node); !at || at->port == 0)
      return wrong("a node must be host:port, such as 127.0.0.1:4910, not "
                   + node);
  if (silence < std::chrono::milliseconds{100})
    return wrong("silence must be at least 100ms");
  if (shutdown_grace < duration{0} || hung_grace < duration{0})
    return wrong("shutdown_grace and hung_grace must not be negative");
  if (max_crashes < 1)
    return wrong("max_crashes must be at least 1");
  for (const auto& one : observers)
    if (!one)
      return wrong("an observer is null");
  return {};
}

struct performer::impl {
  explicit impl(performer_options settings)
      : options{std::move(settings)}, own{std::make_unique<actors::own_system>(
                                          options.silence,
                                          actors::scheduler_threads())} {}

  ~impl();

  performer_options options;
  std::shared_ptr<counters> numbers = std::make_shared<counters>();
  std::shared_ptr<std::atomic<std::size_t>> linked
      = std::make_shared<std::atomic<std::size_t>>(0);
  std::unique_ptr<actors::own_system> own;
  std::shared_ptr<actors::guard> gate;
  actors::metrics_actor metrics;
  actors::performer_actor center;
  std::vector<caf::actor> diallers;
  std::mutex closing;
  std::optional<drain_report> closed;

  void start();
  drain_report close(duration grace);
};

void performer::impl::start() {
  actors::let_go_of_logger at_end;
  auto made = actors::guard::make(
      {.tls = options.tls, .silence = options.silence, .log = options.log});
  if (!made)
    throw failure{made.error()};
  gate = std::move(*made);
  auto& sys = own->sys();
  metrics = actors::spawn_metrics(
      sys,
      {.numbers = numbers, .observers = options.observers, .log = options.log});
  center = actors::spawn_performer(sys, {.name = options.name,
                                         .numbers = numbers,
                                         .metrics = metrics,
                                         .log = options.log,
                                         .hung_grace = options.hung_grace,
                                         .draw = actors::draw,
                                         .linked = linked});
  auto hello = actors::make_hello(wire::peer_kind::performer, options.name,
                                  actors::new_incarnation());
  for (const auto& node : options.nodes)
    diallers.push_back(actors::spawn_dialler(
        sys, {.gate = gate,
              .to = *actors::parse_address(node),
              .hello = hello,
              .owner = caf::actor_cast<actors::link_owner_actor>(center),
              .draw = actors::draw,
              .log = options.log}));
}

drain_report performer::impl::close(duration grace) {
  std::lock_guard lock{closing};
  if (closed)
    return *closed;
  actors::let_go_of_logger at_end;
  drain_report report;
  if (center) {
    caf::scoped_actor self{own->sys()};
    self->request(center, caf::duration{grace + slack},
                  actors::close_call{grace})
        .receive([&](drain_report& x) { report = std::move(x); },
                 [&](const caf::error& why) {
                   report.drained = false;
                   report.still_running.push_back(
                       "the performer did not answer (" + own->sys().render(why)
                       + ")");
                 });
    self->request(metrics, last_words, actors::flush_atom_v)
        .receive([](bool) {}, [](const caf::error&) {});
  }
  // They hang up what the center has not.
  for (auto& one : diallers)
    caf::anon_send_exit(one, caf::exit_reason::user_shutdown);
  diallers.clear();
  if (metrics)
    caf::anon_send_exit(metrics, caf::exit_reason::user_shutdown);
  metrics = nullptr;
  actors::nursery::await_all_departures(departure_time);
  closed = report;
  return report;
}

performer::impl::~impl() {
  auto report = close(options.shutdown_grace);
  actors::let_go_of_logger at_end;
  if (gate)
    gate->stop();
  auto root = caf::actor_cast<caf::strong_actor_ptr>(std::move(center));
  center = nullptr;
  if (!report.drained || report.hung > 0) {
    actors::leave_running(std::move(own), std::move(root));
    return;
  }
  root = nullptr;
  if (!actors::end(std::move(own)) && options.log)
    options.log({log_level::error,
                 "the performer was closed, but its actors did not end; they "
                 "are left to themselves",
                 {}});
}

performer::performer(performer_options options,
                     std::vector<worker_config> workers) {
  if (auto good = options.validate(); !good)
    throw failure{good.error()};
  if (options.name.empty())
    options.name = actors::default_node_name();
  impl_ = std::make_unique<impl>(std::move(options));
  impl_->start();
  if (!workers.empty())
    (void)upgrade(std::move(workers)).value();
}

performer::~performer() = default;
performer::performer(performer&&) noexcept = default;
performer& performer::operator=(performer&&) noexcept = default;

result<drain_report> performer::upgrade(std::vector<worker_config> workers) {
  auto checked = normalize(std::move(workers));
  if (!checked)
    return checked.error();
  for (const auto& config : *checked)
    if (config.performers)
      return error{errc::invalid_config,
                   "queue '" + config.queue
                       + "': a performer can't leave jobs to performers; give "
                         "it handlers"};
  checked = actors::isolate(std::move(*checked), impl_->options.name,
                            impl_->options.max_crashes);
  if (!checked)
    return checked.error();
  actors::let_go_of_logger at_end;
  caf::scoped_actor self{impl_->own->sys()};
  auto grace = impl_->options.shutdown_grace;
  auto shared
      = std::make_shared<const std::vector<worker_config>>(std::move(*checked));
  result<drain_report> answer = drain_report{};
  self->request(impl_->center, caf::duration{grace + slack},
                actors::upgrade_call{shared, grace})
      .receive([&](drain_report& x) { answer = std::move(x); },
               [&](const caf::error& why) {
                 answer = error{errc::closed,
                                "the performer was closed ("
                                    + impl_->own->sys().render(why) + ")"};
               });
  return answer;
}

result<void> performer::reload(const tls_files& files) {
  if (!impl_->options.tls)
    return {};
  return impl_->gate->reload(files, {});
}

drain_report performer::close() {
  return impl_->close(impl_->options.shutdown_grace);
}

drain_report performer::close(duration grace) {
  return impl_->close(grace);
}

std::size_t performer::linked() const {
  return impl_->linked->load();
}

std::vector<queue_status> performer::queues() const {
  actors::let_go_of_logger at_end;
  caf::scoped_actor self{impl_->own->sys()};
  std::vector<queue_status> all;
  self->request(impl_->center, caf::duration{slack}, actors::status_atom_v)
      .receive([&](std::vector<queue_status>& x) { all = std::move(x); },
               [](const caf::error&) {});
  return all;
}

std::shared_ptr<const metrics_source> performer::metrics() const {
  return impl_->numbers;
}

} // namespace callboard
