// What CAF's own broker leaves behind.

#include "actors/cluster/inner_line.hpp"
#include "actors/own_system.hpp"

#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <catch2/catch.hpp>

#include <optional>

using namespace callboard::actors;

TEST_CASE("a heartbeat that comes after its broker's end keeps nothing") {
  std::optional<own_system> own;
  own.emplace(std::chrono::hours{1}, 2);
  auto broker = basp_broker(own->sys());
  auto left = caf::actor_cast<caf::weak_actor_ptr>(broker);
  {
    let_go_of_logger at_end;
    caf::scoped_actor self{own->sys()};
    self->send_exit(broker, caf::exit_reason::kill);
    self->wait_for(broker);
  }
  // As a heartbeat does, which the broker sends to itself.
  caf::send_as(broker, broker, caf::tick_atom_v);
  broker = nullptr;
  own.reset();
  CHECK_FALSE(static_cast<bool>(left.lock()));
}
