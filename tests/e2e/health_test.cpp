#include "tests/e2e/ledger.hpp"
#include "tests/support/tcp_proxy.hpp"

#include <catch2/catch.hpp>
#include <httplib.h>

#include <csignal>
#include <memory>
#include <string>
#include <thread>

using namespace callboard::test;
using Catch::Contains;

namespace {

/// A daemon whose way to PostgreSQL leads through a network of the test's own.
struct far_daemon {
  scene here{backend::make(backend_kind::postgres)};
  std::unique_ptr<tcp_proxy> network;
  std::unique_ptr<process> daemon;
  std::unique_ptr<httplib::Client> client;

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
    auto ready = daemon->await_line("ready: ");
    auto at = ready.find("http://");
    REQUIRE(at != std::string::npos);
    client = std::make_unique<httplib::Client>(
        ready.substr(at, ready.find_first_of(" \n", at) - at));
  }

  /// Asks as a load balancer does, again and again, until it is so; answers
  /// the body.
  std::string await_health(int status, const std::string& part) const {
    auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{30};
    std::string last;
    while (std::chrono::steady_clock::now() < deadline) {
      auto answer = client->Get("/health");
      REQUIRE(answer);
      last = answer->body;
      // Never one without the other.
      auto well = last.find("\"status\":\"unhealthy\"") == last.npos;
      REQUIRE(answer->status == (well ? 200 : 503));
      if (answer->status == status && last.find(part) != last.npos)
        return last;
      std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
    FAIL("health is never " << status << " with " << part << ": " << last);
    return {};
  }

  std::string metrics() const {
    auto answer = client->Get("/metrics");
    REQUIRE(answer);
    return answer->body;
  }
};

} // namespace

TEST_CASE("health is 503 during an outage, names what fails, and is well "
          "again afterwards") {
  far_daemon node;
  for (const auto* link : {"leasing", "settling", "listening"})
    CHECK_THAT(node.await_health(200, "\"" + std::string{link} + R"(":"ok")"),
               Contains(R"("status":"ok")"));
  SECTION("when the server refuses") {
    node.network->refuse();
    node.network->cut();
  }
  SECTION("when nothing comes back, and no reset tells of it") {
    node.network->swallow();
  }
  auto during = node.await_health(503, R"("leasing":"failing")");
  during = node.await_health(503, R"("database":"failing")");
  CHECK_THAT(during, Contains("leasing fails for") && !Contains("secret"));
  CHECK_THAT(node.metrics(),
             Contains("callboard_database_link_up{link=\"leasing\"} 0")
                 && Contains("callboard_database_outages_total 1"));
  node.network->resume();
  node.await_health(200, R"("status":"ok")");
  CHECK_THAT(node.metrics(),
             Contains("callboard_database_link_up{link=\"leasing\"} 1")
                 && Contains("callboard_database_outages_total 1"));
  node.here.ok({"enqueue", "-q", "mail", "-t", "welcome", "--id", "w1"});
  node.daemon->await_line("w1  ✔ done");
  node.daemon->signal(SIGTERM);
  CHECK(node.daemon->wait() == 0);
}
