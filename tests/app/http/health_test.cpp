#include "app/http/health.hpp"

#include <catch2/catch.hpp>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace callboard;
using namespace callboard::app;
using namespace std::chrono_literals;

namespace {

/// A port of the loopback that takes connections and says nothing, or (when
/// it does not listen) refuses them.
class silent_port {
public:
  explicit silent_port(bool listens)
      : socket_{::socket(AF_INET, SOCK_STREAM, 0)} {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* plain = reinterpret_cast<sockaddr*>(&address);
    socklen_t size = sizeof address;
    REQUIRE(bind(socket_, plain, size) == 0);
    REQUIRE(getsockname(socket_, plain, &size) == 0);
    if (listens)
      REQUIRE(listen(socket_, 8) == 0);
    port_ = ntohs(address.sin_port);
  }

  ~silent_port() { close(socket_); }

  database_ptr database() const {
    return open("postgresql://someone:secret@127.0.0.1:" + std::to_string(port_)
                    + "/jobs",
                {.connect_timeout = 2s});
  }

private:
  int socket_;
  int port_ = 0;
};

} // namespace

TEST_CASE("a node that works on a database that answers is healthy") {
  health state{open("sqlite::memory:")};
  state.enter(phase::working);
  auto report = state.report();
  CHECK(report.healthy);
  CHECK(report.body
        == "{\"workers\":\"working\",\"database\":\"ok\",\"links\":{},"
           "\"status\":\"ok\"}\n");
}

TEST_CASE("a node whose workers take no jobs is not healthy") {
  health state{open("sqlite::memory:")};
  auto starting = state.report();
  CHECK_FALSE(starting.healthy);
  CHECK_THAT(starting.body, Catch::Contains("no worker takes jobs: starting"));
  state.enter(phase::draining);
  CHECK_THAT(state.report().body, Catch::Contains("draining"));
}

TEST_CASE("a node without its database is not healthy, and tells why") {
  silent_port refusing{false};
  health state{refusing.database()};
  state.enter(phase::working);
  auto report = state.report();
  CHECK_FALSE(report.healthy);
  CHECK_THAT(report.body, Catch::Contains("\"database\":\"failing\"")
                              && Catch::Contains("127.0.0.1"));
  CHECK_THAT(report.body, !Catch::Contains("secret"));
}

TEST_CASE("a database that hangs delays the answer by the patience only") {
  silent_port silent{true};
  health state{silent.database(), {}, 50ms};
  state.enter(phase::working);
  auto report = state.report();
  CHECK_FALSE(report.healthy);
  CHECK_THAT(report.body, Catch::Contains("has not answered for 50 ms"));
}

TEST_CASE(
    "a node that can't lease is not healthy though its database answers") {
  health state{open("sqlite::memory:"), [] {
                 return link_report{
                     {{link::leasing, false, 3s, "no connection left"},
                      {link::settling, true, 0s, ""}},
                     1,
                     3s};
               }};
  state.enter(phase::working);
  auto report = state.report();
  CHECK_FALSE(report.healthy);
  CHECK_THAT(
      report.body,
      Catch::Contains("\"status\":\"unhealthy\"")
          && Catch::Contains("\"database\":\"ok\"")
          && Catch::Contains("\"leasing\":\"failing\"")
          && Catch::Contains("\"settling\":\"ok\"")
          && Catch::Contains("leasing fails for 3.0 s: no connection left"));
}

TEST_CASE("a node without wake-ups is degraded, which is healthy") {
  health state{open("sqlite::memory:"), [] {
                 return link_report{{{link::leasing, true, 0s, ""},
                                     {link::listening, false, 5s, "gone"}},
                                    0,
                                    0s};
               }};
  state.enter(phase::working);
  auto report = state.report();
  CHECK(report.healthy);
  CHECK_THAT(report.body,
             Catch::Contains("\"status\":\"degraded\"")
                 && Catch::Contains("listening fails for 5.0 s: gone"));
}
