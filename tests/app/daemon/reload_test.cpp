#include "app/daemon/reload.hpp"

#include <catch2/catch.hpp>

using namespace callboard;
using namespace callboard::app;
using namespace std::chrono_literals;

namespace {

using places = std::vector<std::string>;

const config::settings running{.database_url = "sqlite:a.db",
                               .http = config::endpoint{"127.0.0.1", 8910}};

template <class Change>
places after(Change change) {
  auto wanted = running;
  change(wanted);
  return needs_restart(running, wanted);
}

} // namespace

TEST_CASE("the same settings need no restart") {
  CHECK(needs_restart(running, running).empty());
}

TEST_CASE("queues and the log level need no restart") {
  CHECK(after([](auto& x) {
          x.queues.push_back({.name = "mail"});
          x.log.level = log_level::debug;
        }).empty());
}

TEST_CASE("what only a restart changes is named by its place") {
  CHECK(after([](auto& x) { x.database_url = "sqlite:b.db"; })
        == places{"/database"});
  CHECK(after([](auto& x) { x.database.statement_timeout = 1s; })
        == places{"/database"});
  CHECK(after([](auto& x) { x.http->port = 1; }) == places{"/http/listen"});
  CHECK(after([](auto& x) { x.http.reset(); }) == places{"/http/listen"});
  CHECK(after([](auto& x) { x.node.hung_grace = 1s; }) == places{"/node"});
  CHECK(after([](auto& x) { x.node.heartbeat = 5s; }) == places{"/node"});
  CHECK(after([](auto& x) { x.node.shutdown_grace = 5s; })
        == places{"/shutdown_grace"});
  CHECK(after([](auto& x) {
          x.log.format = config::log_format::json;
          x.database_url = "sqlite:b.db";
        })
        == places{"/database", "/log/format"});
}
