// Servers that are there and won't serve: read-only as a standby, or with all
// connections taken. No daemon dies of it, and none tells its handlers to stop.

#include "tests/e2e/database_server.hpp"
#include "tests/e2e/ledger.hpp"

#include <catch2/catch.hpp>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>

#include <csignal>
#include <memory>
#include <vector>

using namespace callboard::test;
using Catch::Contains;

namespace {

std::unique_ptr<soci::session> session(const database_server& server) {
  // SOCI spoils a URL without parameters.
  return std::make_unique<soci::session>(soci::postgresql,
                                         server.url() + "?application_name=t");
}

struct stage {
  stage() {
    here.configure_database("\"" + server.url() + "\"");
    here.configure();
    here.close_gate();
    daemon = here.daemon();
    here.ok({"enqueue", "-q", "mail", "-t", "gate", "--id", "g1"});
    daemon->await_line("g1  ▶ started");
  }

  /// The job that ran through it all is done once, and new ones are performed.
  void check_unharmed() {
    daemon->await_line("g1  ✔ done");
    here.ok({"enqueue", "-q", "mail", "-t", "welcome", "--id", "after"});
    daemon->await_line("after  ✔ done");
    daemon->signal(SIGTERM);
    CHECK(daemon->wait() == 0);
    CHECK_THAT(daemon->out(), !Contains("stopped (") && !Contains("attempt 2"));
    CHECK_THAT(daemon->err(), !Contains("fenced off"));
  }

  database_server server;
  scene here{backend::make(backend_kind::sqlite_file)};
  std::unique_ptr<process> daemon;
};

} // namespace

TEST_CASE("a daemon lives through a server that is read-only for a while") {
  stage it;
  auto sql = session(it.server);
  auto read_only = [&](const std::string& value) {
    *sql << "alter system set default_transaction_read_only = " + value;
    *sql << "select pg_reload_conf()";
  };
  read_only("on");
  it.daemon->await_line("read-only");
  auto refused = it.here.callboard({"enqueue", "-q", "mail", "-t", "welcome"});
  CHECK(refused.code == 1);
  CHECK_THAT(refused.err, Contains("read-only"));
  it.here.open_gate();
  *sql << "set transaction_read_only = off";
  read_only("off");
  it.check_unharmed();
}

TEST_CASE("a daemon lives through a server without free connections") {
  stage it;
  std::vector<std::unique_ptr<soci::session>> all;
  auto take_all = [&] {
    try {
      for (;;)
        all.push_back(session(it.server));
    } catch (const soci::soci_error& x) {
      REQUIRE_THAT(x.what(), Contains("too many clients"));
    }
  };
  take_all();
  REQUIRE(all.size() > 10);
  auto refused = it.here.callboard({"enqueue", "-q", "mail", "-t", "welcome"});
  CHECK(refused.code == 4);
  CHECK_THAT(refused.err, Contains("too many clients"));
  // The daemon's own end, and the places are taken before it is back.
  auto end_daemons = [&] {
    *all.front() << "select pg_terminate_backend(pid) from pg_stat_activity"
                    " where application_name = 'callboard'";
    take_all();
  };
  for (int i = 0; i < 3; ++i)
    end_daemons();
  it.daemon->await_line("the connection to postgresql");
  it.here.open_gate();
  all.clear();
  it.daemon->await_line("the database is back after");
  it.check_unharmed();
}
