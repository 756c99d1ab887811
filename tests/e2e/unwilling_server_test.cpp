// Servers that are there and won't serve: read-only as a standby, with all
// connections taken, with a table that is locked, with limits of their own. No
// daemon dies of it, and none tells its handlers to stop.

#include "tests/e2e/busy_daemon.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <string>
#include <vector>

using namespace callboard::test;
using Catch::Contains;

TEST_CASE("a daemon lives through a server that is read-only for a while") {
  busy_daemon it;
  it.alter_system({"default_transaction_read_only = on"});
  it.daemon->await_line("read-only");
  it.check_refused(1, "read-only");
  it.health->await(503, R"("leasing":"failing")");
  it.here.open_gate();
  it.alter_system({"default_transaction_read_only = off"});
  it.await_return("a read-only server");
  it.check_unharmed();
}

TEST_CASE("a daemon lives through a server without free connections") {
  busy_daemon it;
  std::vector<std::unique_ptr<soci::session>> all;
  auto take_all = [&] {
    try {
      for (;;)
        all.push_back(it.session());
    } catch (const soci::soci_error& x) {
      REQUIRE_THAT(x.what(), Contains("too many clients"));
    }
  };
  take_all();
  REQUIRE(all.size() > 10);
  it.check_refused(4, "too many clients");
  // The daemon's own end, and the places are taken before it is back.
  auto end_daemons = [&] {
    *all.front() << "select pg_terminate_backend(pid) from pg_stat_activity"
                    " where application_name = 'callboard'";
    take_all();
  };
  for (int i = 0; i < 3; ++i)
    end_daemons();
  it.daemon->await_line("the connection to postgresql");
  it.health->await(503, R"("leasing":"failing")");
  it.here.open_gate();
  all.clear();
  it.await_return("no free connections");
  it.check_unharmed();
}

// The lock lasts longer than any statement may take, and many times longer
// than a node may be silent.
TEST_CASE("daemons wait for a table that somebody has locked") {
  busy_daemon it{
      {.database = R"("statement_timeout": "1s")",
       .more = R"("node": {"heartbeat": "100ms", "silence_limit": "1s"})"}};
  it.others.push_back(it.here.daemon());
  auto sql = it.session();
  *sql << "begin";
  *sql << "lock table callboard_job in access exclusive mode";
  it.daemon->await_line("could not serve in time");
  it.others.front()->await_line("could not serve in time");
  it.health->await(503, R"("leasing":"failing")");
  it.here.open_gate();
  it.check_refused(4, "could not serve in time");
  it.health->await(503, R"("settling":"failing")");
  *sql << "rollback";
  it.await_return("a locked table");
  it.check_unharmed();
}

TEST_CASE("a server's limits for all its sessions don't reach a daemon's") {
  busy_daemon it;
  it.alter_system({"statement_timeout = '50ms'", "lock_timeout = '50ms'",
                   "idle_in_transaction_session_timeout = '50ms'",
                   "idle_session_timeout = '50ms'"});
  // Also of those that come only now.
  it.others.push_back(it.here.daemon());
  it.here.open_gate();
  it.check_unharmed();
  for (const auto& one : it.others)
    CHECK_THAT(one->err(), !Contains("the connection to postgresql")
                               && !Contains("could not serve in time"));
}
