#include "app/http/server.hpp"

#include <catch2/catch.hpp>
#include <httplib.h>

using namespace callboard;
using namespace callboard::app;

namespace {

http_server::endpoints answers(bool healthy) {
  return {.metrics = [] { return std::string{"callboard_up 1\n"}; },
          .health =
              [healthy] {
                return health_report{healthy, "{\"status\":\"x\"}\n"};
              }};
}

std::unique_ptr<http_server> started(bool healthy = true) {
  return http_server::start({"127.0.0.1", 0}, answers(healthy)).value();
}

int port_of(const http_server& server) {
  return std::stoi(server.address().substr(server.address().rfind(':') + 1));
}

} // namespace

TEST_CASE("metrics are served in Prometheus's format") {
  auto server = started();
  httplib::Client client{server->address()};
  auto answer = client.Get("/metrics");
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(answer->get_header_value("Content-Type")
        == "text/plain; version=0.0.4");
  CHECK(answer->body == "callboard_up 1\n");
}

TEST_CASE("health is 200 or 503") {
  for (bool healthy : {true, false}) {
    auto server = started(healthy);
    httplib::Client client{server->address()};
    auto answer = client.Get("/health");
    REQUIRE(answer);
    CHECK(answer->status == (healthy ? 200 : 503));
    CHECK(answer->get_header_value("Content-Type") == "application/json");
    CHECK(answer->body == "{\"status\":\"x\"}\n");
  }
}

TEST_CASE("any other path is 404 and says what there is") {
  auto server = started();
  httplib::Client client{server->address()};
  for (const auto* path : {"/", "/metric", "/health/x", "/../etc/passwd"}) {
    auto answer = client.Get(path);
    REQUIRE(answer);
    CHECK(answer->status == 404);
    CHECK_THAT(answer->body, Catch::Contains("/metrics and /health"));
  }
}

TEST_CASE("a port in use is an error that names it and the remedy") {
  auto first = started();
  auto second
      = http_server::start({"127.0.0.1", port_of(*first)}, answers(true));
  REQUIRE_FALSE(second.has_value());
  CHECK_THAT(second.error().message,
             Catch::Contains(first->address())
                 && Catch::Contains("Address already in use")
                 && Catch::Contains("/http/listen"));
}

TEST_CASE("an address that is not ours is an error that names it") {
  auto server = http_server::start({"203.0.113.1", 1}, answers(true));
  REQUIRE_FALSE(server.has_value());
  CHECK_THAT(server.error().message, Catch::Contains("http://203.0.113.1:1"));
}

TEST_CASE("a port is free again when its server has ended") {
  auto first = started();
  auto port = port_of(*first);
  {
    httplib::Client client{first->address()};
    REQUIRE(client.Get("/health"));
  }
  first.reset();
  CHECK(http_server::start({"127.0.0.1", port}, answers(true)).has_value());
}
