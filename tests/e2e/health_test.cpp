#include "tests/e2e/health_watch.hpp"
#include "tests/e2e/ledger.hpp"
#include "tests/support/tcp_proxy.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <memory>
#include <string>

using namespace callboard::test;
using Catch::Contains;

namespace {

/// A daemon whose way to PostgreSQL leads through a network of the test's own.
struct far_daemon {
  scene here{backend::make(backend_kind::postgres)};
  std::unique_ptr<tcp_proxy> network;
  std::unique_ptr<process> daemon;
  std::unique_ptr<health_watch> health;

  far_daemon() {
    auto url = here.db().url();
    auto port = url.rfind(':') + 1;
    auto digits = url.find('/', port) - port;
    network = std::make_unique<tcp_proxy>(
        static_cast<std::uint16_t>(std::stoi(url.substr(port, digits))));
    url.replace(port, digits, std::to_string(network->port()));
    here.configure_database("{\"url\": \"" + url + "\", \"schema\": \""
                            + here.db().options().schema + "\"}");
    here.configure(mail_queue, R"("http": {"listen": "127.0.0.1:0"})");
    daemon = here.start({"run", "--live"});
    health = std::make_unique<health_watch>(*daemon);
  }
};

} // namespace

TEST_CASE("health is 503 during an outage, names what fails, and is well "
          "again afterwards") {
  far_daemon node;
  for (const auto* link : {"leasing", "settling", "listening"})
    CHECK_THAT(node.health->await(200, "\"" + std::string{link} + R"(":"ok")"),
               Contains(R"("status":"ok")"));
  SECTION("when the server refuses") {
    node.network->refuse();
    node.network->cut();
  }
  SECTION("when nothing comes back, and no reset tells of it") {
    node.network->swallow();
  }
  auto during = node.health->await(503, R"("leasing":"failing")");
  during = node.health->await(503, R"("database":"failing")");
  CHECK_THAT(during, Contains("leasing fails for") && !Contains("secret"));
  CHECK_THAT(node.health->metrics(),
             Contains("callboard_database_link_up{link=\"leasing\"} 0")
                 && Contains("callboard_database_outages_total 1"));
  node.network->resume();
  node.health->await(200, R"("status":"ok")");
  CHECK_THAT(node.health->metrics(),
             Contains("callboard_database_link_up{link=\"leasing\"} 1")
                 && Contains("callboard_database_outages_total 1"));
  node.here.ok({"enqueue", "-q", "mail", "-t", "welcome", "--id", "w1"});
  node.daemon->await_line("w1  ✔ done");
  node.daemon->signal(SIGTERM);
  CHECK(node.daemon->wait() == 0);
}
