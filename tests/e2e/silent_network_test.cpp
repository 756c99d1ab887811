// Connections that are half open: nothing comes back, and no reset tells of it.

#include "tests/e2e/busy_daemon.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace callboard::test;

TEST_CASE("a daemon keeps its outcomes while the network is silent") {
  busy_daemon it{
      {.database = R"("connect_timeout": "1s", "statement_timeout": "1s")",
       .more = R"("node": {"heartbeat": "100ms", "silence_limit": "1s"})"}};
  // What the daemon says arrives, and may be stored.
  it.network.swallow(tcp_proxy::direction::to_client);
  it.health->await(503, R"("leasing":"failing")");
  it.here.open_gate();
  it.health->await(503, R"("settling":"failing")");
  it.check_refused(4, "postgresql");
  it.network.resume();
  it.await_return("a silent network");
  it.check_unharmed();
}
