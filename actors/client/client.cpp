#include "actors/client/client.hpp"

#include "actors/client/client_impl.hpp"
#include "actors/client/node_name.hpp"
#include "actors/isolation/isolate.hpp"
#include "actors/isolation/nursery.hpp"

#include <utility>

namespace callboard {

namespace {

// How long a close waits for the processes of isolated handlers.
constexpr auto departure_time = std::chrono::seconds{10};

} // namespace

// -- the cluster --------------------------------------------------------------

actors::cluster_services client::impl::services() {
  actors::cluster_services all{
      .enqueue
      = [this](
            std::vector<new_job> jobs) { return enqueue(std::move(jobs), {}); },
      .cancel
      = [this](const std::vector<std::string>& ids) { return cancel(ids); },
      .count =
          [this] {
            std::function<result<std::vector<queue_counts>>(job_store&)> ask
                = [](job_store& store) {
                    return store.counts();
                  };
            return is_closed() ? closed_error()
                               : sessions.with<std::vector<queue_counts>>(ask);
          },
      .nodes =
          [this] {
            std::function<result<std::vector<node_info>>(job_store&)> ask
                = [](job_store& store) {
                    return store.nodes();
                  };
            return is_closed() ? closed_error()
                               : sessions.with<std::vector<node_info>>(ask);
          },
  };
  // A file belongs to one machine, and its nodes wake each other by it.
  if (db->name().starts_with("sqlite"))
    all.nodes = nullptr;
  return all;
}

// -- workers ------------------------------------------------------------------

result<drain_report> client::impl::upgrade(std::vector<worker_config> configs) {
  // Everything that can fail comes first, and changes nothing.
  auto checked = normalize(std::move(configs));
  if (!checked)
    return checked.error();
  for (const auto& config : *checked)
    if (config.performers && !options.cluster)
      return error{errc::invalid_config,
                   "queue '" + config.queue
                       + "' is left to performers, and this node listens for "
                         "nobody; give it client_options::cluster (in a config "
                         "file: node.listen)"};
  checked = actors::isolate(std::move(*checked), options.node_name,
                            options.max_crashes);
  if (!checked)
    return checked.error();
  if (auto good = db->takes_nodes(); !good)
    return good.error();
  std::function<result<time_point>(job_store&)> look = [](job_store& store) {
    return store.now();
  };
  if (auto reached = sessions.with<time_point>(look); !reached)
    return reached.error();
  std::shared_ptr<actors::node> target;
  {
    std::lock_guard lock{mutex};
    if (closing)
      return closed_error();
    if (!node) {
      auto made = actors::node::make(db, options, numbers, services());
      if (!made)
        return made.error();
      node = std::move(*made);
    }
    target = node;
  }
  return target->upgrade(std::move(*checked));
}

drain_report client::impl::close(duration grace) {
  std::unique_lock lock{mutex};
  if (std::exchange(closing, true)) {
    closed_by_other.wait(lock, [this] { return closed.has_value(); });
    return *closed;
  }
  auto target = std::exchange(node, nullptr);
  lock.unlock();
  drain_report report;
  if (target)
    report = target->close(grace);
  target.reset();
  // So that they can end by themselves; a process that ends kills its own.
  actors::nursery::await_all_departures(departure_time);
  lock.lock();
  closed = report;
  closed_by_other.notify_all();
  return report;
}

// -- the face -----------------------------------------------------------------

client::client(database_ptr db, client_options options) {
  if (!db)
    throw failure{{errc::invalid_config, "a client needs a database: pass "
                                         "what callboard::open answers"}};
  if (auto good = options.validate(); !good)
    throw failure{good.error()};
  if (options.node_name.empty())
    options.node_name = actors::default_node_name();
  impl_ = std::make_unique<impl>(std::move(db), std::move(options));
}

client::~client() {
  if (impl_)
    impl_->close(impl_->options.shutdown_grace);
}

client::client(client&&) noexcept = default;

client& client::operator=(client&& other) noexcept {
  if (this != &other) {
    if (impl_)
      impl_->close(impl_->options.shutdown_grace);
    impl_ = std::move(other.impl_);
  }
  return *this;
}

std::string client::enqueue(new_job job) {
  std::vector<new_job> one;
  one.push_back(std::move(job));
  return impl_->enqueue(std::move(one), {}).value().front();
}

std::string client::enqueue(const context& surrounding, new_job job) {
  std::vector<new_job> one;
  one.push_back(std::move(job));
  return impl_->enqueue(std::move(one), surrounding.request_id())
      .value()
      .front();
}

std::vector<std::string> client::bulk_enqueue(std::vector<new_job> jobs) {
  return impl_->enqueue(std::move(jobs), {}).value();
}

std::vector<std::string> client::bulk_enqueue(const context& surrounding,
                                              std::vector<new_job> jobs) {
  return impl_->enqueue(std::move(jobs), surrounding.request_id()).value();
}

result<std::vector<std::string>>
client::try_bulk_enqueue(std::vector<new_job> jobs) {
  return impl_->enqueue(std::move(jobs), {});
}

void client::wake(std::string_view queue) {
  std::string name{queue};
  if (auto local = impl_->running_node())
    local->wake(name, duration{0});
  if (impl_->tells_others())
    impl_->relay.wake(name);
}

std::vector<cancel_answer> client::cancel(const std::vector<std::string>& ids) {
  return impl_->cancel(ids).value();
}

result<std::vector<cancel_answer>>
client::try_cancel(const std::vector<std::string>& ids) {
  return impl_->cancel(ids);
}

drain_report client::upgrade(std::vector<worker_config> configs) {
  return impl_->upgrade(std::move(configs)).value();
}

result<drain_report> client::try_upgrade(std::vector<worker_config> configs) {
  return impl_->upgrade(std::move(configs));
}

result<void> client::try_reload(const cluster_options& wanted) {
  if (auto good = wanted.validate(); !good)
    return good;
  auto local = impl_->running_node();
  return local ? local->reload(wanted) : result<void>{};
}

std::string client::cluster_address() const {
  auto local = impl_->running_node();
  return local ? local->address() : std::string{};
}

drain_report client::close() {
  return impl_->close(impl_->options.shutdown_grace);
}

drain_report client::close(duration grace) {
  return impl_->close(grace);
}

node_counters client::counters() const {
  return impl_->numbers->totals();
}

std::vector<queue_status> client::queues() const {
  auto local = impl_->running_node();
  return local ? local->queues() : std::vector<queue_status>{};
}

link_report client::links() const {
  return impl_->numbers->database.report(std::chrono::steady_clock::now());
}

std::shared_ptr<const metrics_source> client::metrics() const {
  return impl_->numbers;
}

const database_ptr& client::db() const noexcept {
  return impl_->db;
}

} // namespace callboard
