#include "actors/cluster/inner_line.hpp"

#include <caf/actor_system.hpp>
#include <caf/binary_serializer.hpp>
#include <caf/io/basp_broker.hpp>
#include <caf/io/middleman.hpp>
#include <caf/io/network/multiplexer.hpp>
#include <caf/io/scribe.hpp>
#include <caf/send.hpp>

#include <set>
#include <vector>

namespace callboard::actors {

namespace {

// CAF wants a port for each published actor. It is only a name in a table, read
// at once and overwritten by the next line.
constexpr std::uint16_t no_port = 1;

} // namespace

caf::actor basp_broker(caf::actor_system& sys) {
  return sys.middleman().named_broker<caf::io::basp_broker>(caf::atom("BASP"));
}

void close_broker_at_its_end(caf::actor_system& sys) {
  auto* broker = static_cast<caf::io::basp_broker*>(
      caf::actor_cast<caf::abstract_actor*>(basp_broker(sys)));
  broker->attach_functor(
      [broker](const caf::error& why, caf::execution_unit* host) {
        // What all other actors do, and `abstract_broker::cleanup` passes over.
        broker->scheduled_actor::cleanup(caf::error{why}, host);
      });
}

std::string node_bytes(caf::actor_system& sys) {
  std::vector<char> bytes;
  caf::binary_serializer sink{sys, bytes};
  auto node = sys.node();
  if (sink(node))
    return {};
  return {bytes.begin(), bytes.end()};
}

caf::io::scribe_ptr make_scribe(caf::actor_system& sys, unique_fd socket) {
  auto made = sys.middleman().backend().new_scribe(socket.get());
  // Closed by the scribe from now on.
  (void)socket.release();
  return made;
}

void offer(caf::actor_system& sys, unique_fd socket,
           const caf::strong_actor_ptr& gateway) {
  caf::anon_send(basp_broker(sys), caf::publish_atom_v,
                 make_scribe(sys, std::move(socket)), no_port, gateway,
                 std::set<std::string>{});
}

} // namespace callboard::actors
