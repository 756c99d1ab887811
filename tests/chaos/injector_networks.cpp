#include "tests/chaos/injector.hpp"

#include <algorithm>

/// The faults of networks: of a node and the server, of a performer and a node,
/// of nodes and nodes.
namespace callboard::chaos {

namespace {

using enum fault_kind;

/// A network may lose what is said one way, and pass on the rest.
test::tcp_proxy::direction some_way(const planned_fault& what) {
  using enum test::tcp_proxy::direction;
  switch (what.at % 4) {
  case 0:
    return to_server;
  case 1:
    return to_client;
  default:
    return both;
  }
}

} // namespace

void injector::on_network(node& one, const planned_fault& what,
                          const std::stop_token& stop) {
  auto& network = *one.network();
  auto from = present();
  switch (what.kind) {
  case cut:
    network.cut();
    return note(what, one.number(), from, present());
  case swallow:
    network.swallow();
    break;
  case freeze:
    network.freeze();
    break;
  case refuse:
    network.refuse();
    network.cut();
    break;
  default:
    network.delay(std::chrono::milliseconds{10 + what.at % 90});
  }
  rest(stop, what.lasts);
  if (what.kind == delay)
    network.delay({});
  network.resume();
  note(what, one.number(), from, present());
}

void injector::on_link(performer& one, const planned_fault& what,
                       const std::stop_token& stop) {
  auto& link = one.link(what.node);
  auto from = present();
  switch (what.kind) {
  case link_cut:
    link.cut();
    break;
  case link_partition:
    link.swallow(some_way(what));
    rest(stop, what.lasts);
    link.resume();
    break;
  case link_stall:
    link.freeze();
    rest(stop, what.lasts);
    link.resume();
    break;
  default:
    link.delay(std::chrono::milliseconds{10 + what.at % 90});
    rest(stop, what.lasts);
    link.delay({});
  }
  note(what, what.node, from, present(), one.number());
}

void injector::on_peers(const planned_fault& what,
                        const std::stop_token& stop) {
  std::lock_guard one_at_a_time{peers_mutex_};
  // The one with the smallest address dials all others, and is not dialled.
  std::vector<node*> dialled;
  for (const auto& each : nodes_)
    dialled.push_back(each.get());
  std::ranges::sort(dialled, {}, [](node* x) { return x->peers()->port(); });
  auto& one
      = *dialled[1
                 + static_cast<std::size_t>(what.node) % (dialled.size() - 1)];
  auto from = present();
  if (what.kind == peer_cut) {
    one.peers()->cut();
  } else {
    one.peers()->swallow(some_way(what));
    rest(stop, what.lasts);
    one.peers()->resume();
  }
  note(what, one.number(), from, present());
}

} // namespace callboard::chaos
