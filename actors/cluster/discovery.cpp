#include "actors/cluster/peers.hpp"
#include "actors/type_ids.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>

#include <string>
#include <utility>
#include <vector>

namespace callboard::actors {

namespace {

caf::behavior discovery(caf::event_based_actor* self,
                        const cluster_services& services,
                        const peers_actor& peers) {
  self->send(self, listen_atom_v);
  return {
      [=, before = std::vector<std::string>{}, same = 0](listen_atom) mutable {
        // While the database is away the nodes that were known stay.
        if (auto nodes = services.nodes()) {
          known_nodes found;
          for (const auto& node : *nodes)
            if (!node.address.empty())
              found.addresses.push_back(node.address);
          same = found.addresses == before ? same + 1 : 0;
          before = found.addresses;
          self->send(peers, std::move(found));
        }
        self->delayed_send(self,
                           same < same_answers ? discovery_interval
                                               : 2 * discovery_interval,
                           listen_atom_v);
      },
  };
}

} // namespace

caf::actor spawn_discovery(caf::actor_system& sys, cluster_services services,
                           peers_actor peers) {
  return sys.spawn<caf::detached>(discovery, std::move(services),
                                  std::move(peers));
}

} // namespace callboard::actors
