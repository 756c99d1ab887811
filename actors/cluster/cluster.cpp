#include "actors/cluster/cluster.hpp"

#include "actors/cluster/gateway.hpp"
#include "actors/cluster/greeting.hpp"
#include "actors/own_system.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/io/middleman.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <mutex>
#include <set>
#include <utility>

namespace callboard::actors {

void load_cluster(caf::actor_system_config& cfg, duration silence) {
  cfg.load<caf::io::middleman>();
  // Three of them may be late before a peer counts as silent.
  cfg.set("middleman.heartbeat-interval",
          caf::timespan{std::max<std::chrono::nanoseconds>(
              silence / 4, std::chrono::milliseconds{10})});
}

/// Who takes in which kind of peer; set once, read by every link.
struct owners {
  link_owner_actor nodes;
  link_owner_actor performers;
  link_owner_actor clients;

  result<link_owner_actor> choose(const peer_facts& peer) const {
    auto who = [&] {
      switch (static_cast<wire::peer_kind>(peer.hello.kind)) {
      case wire::peer_kind::node:
        return nodes;
      case wire::peer_kind::performer:
        return performers;
      case wire::peer_kind::client:
        return clients;
      }
      return link_owner_actor{};
    }();
    if (who)
      return who;
    if (peer.hello.kind == static_cast<std::uint8_t>(wire::peer_kind::node))
      return error{errc::unsupported,
                   "this node works on an SQLite file, which belongs to one "
                   "machine; use PostgreSQL for several"};
    return error{errc::unsupported,
                 "this node has no use for peers of this kind; see its config"};
  }
};

/// Tells the log of refused peers: of each once, since they come again.
class refusals {
public:
  explicit refusals(log_sink log) : log_{std::move(log)} {}

  void tell(const peer_facts& peer, const std::string& why) {
    std::lock_guard lock{mutex_};
    if (told_.size() > 1000)
      told_.clear();
    if (log_ && told_.insert(peer.hello.incarnation + why).second)
      log_({log_level::warning,
            "refused a peer",
            {{"name", peer.hello.name},
             {"address", peer.address},
             {"why", why}}});
  }

private:
  log_sink log_;
  std::mutex mutex_;
  std::set<std::string> told_;
};

struct cluster::impl {
  caf::actor_system* sys = nullptr;
  std::shared_ptr<guard> gate;
  std::string address;
  wire::hello_v1 hello;
  log_sink log;
  node_address listen;
  std::mutex mutex;
  peers_actor peers;
  link_owner_actor gateway;
  caf::actor discovery;
};

cluster::cluster(std::unique_ptr<impl> made) : impl_{std::move(made)} {}

cluster::~cluster() {
  close();
}

result<std::unique_ptr<cluster>> cluster::open(caf::actor_system& sys,
                                               const cluster_options& options,
                                               std::string node_name,
                                               log_sink log) {
  if (auto good = options.validate(); !good)
    return error{good.error().code, "node: " + good.error().message};
  auto gate = guard::make({.tls = options.tls,
                           .allow = options.allow,
                           .silence = options.silence,
                           .log = log});
  if (!gate)
    return gate.error();
  auto made = std::make_unique<impl>();
  made->sys = &sys;
  made->gate = std::move(*gate);
  made->hello = make_hello(wire::peer_kind::node, std::move(node_name),
                           new_incarnation());
  made->log = std::move(log);
  auto bound = made->gate->bind(*parse_address(options.listen));
  if (!bound)
    return bound.error();
  made->listen = *bound;
  made->address
      = options.advertise.empty() ? to_string(*bound) : options.advertise;
  return std::unique_ptr<cluster>{new cluster{std::move(made)}};
}

const std::string& cluster::address() const noexcept {
  return impl_->address;
}

void cluster::start(supervisor_actor supervisor, cluster_services services,
                    link_owner_actor performers) {
  auto& x = *impl_;
  std::lock_guard lock{x.mutex};
  auto& sys = *x.sys;
  x.peers = spawn_peers(sys, {.address = x.address,
                              .dial = {.gate = x.gate,
                                       .to = {},
                                       .hello = x.hello,
                                       .owner = {},
                                       .draw = draw,
                                       .log = x.log},
                              .supervisor = std::move(supervisor)});
  x.gateway = spawn_gateway(sys, services);
  auto who = std::make_shared<owners>();
  who->performers = std::move(performers);
  who->clients = x.gateway;
  if (services.nodes) {
    who->nodes = caf::actor_cast<link_owner_actor>(x.peers);
    x.discovery = spawn_discovery(sys, std::move(services), x.peers);
  }
  auto told = std::make_shared<refusals>(x.log);
  x.gate->welcome([&sys, hello = x.hello, who, told](line came) {
    spawn_link(sys,
               {.connection = std::move(came),
                .hello = hello,
                .owner = [who](const peer_facts& peer,
                               const peer_roles&) { return who->choose(peer); },
                .refused =
                    [told](const peer_facts& peer, const std::string& why) {
                      told->tell(peer, why);
                    }});
  });
}

void cluster::wake(const std::string& queue) {
  std::lock_guard lock{impl_->mutex};
  if (impl_->peers)
    caf::anon_send(impl_->peers, hint_wake{queue});
}

void cluster::look_for_cancelled() {
  std::lock_guard lock{impl_->mutex};
  if (impl_->peers)
    caf::anon_send(impl_->peers, hint_cancel{});
}

result<void> cluster::reload(const cluster_options& wanted) {
  std::lock_guard lock{impl_->mutex};
  if (!wanted.tls || !impl_->gate)
    return {};
  return impl_->gate->reload(*wanted.tls, wanted.allow);
}

void cluster::close() {
  std::shared_ptr<guard> gate;
  {
    std::lock_guard lock{impl_->mutex};
    auto end = [](auto& who) {
      if (who)
        caf::anon_send_exit(who, caf::exit_reason::user_shutdown);
      who = nullptr;
    };
    end(impl_->discovery);
    end(impl_->peers);
    end(impl_->gateway);
    gate = std::exchange(impl_->gate, nullptr);
  }
  if (gate)
    gate->stop();
}

} // namespace callboard::actors
