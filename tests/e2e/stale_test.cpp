#include "tests/e2e/ledger.hpp"

#include <catch2/catch.hpp>
#include <httplib.h>
#include <soci/soci.h>

#include <sys/wait.h>

#include <csignal>
#include <utility>

using namespace callboard;
using namespace callboard::test;
using Catch::Contains;

namespace {

// Liveness is quick, so that the tests are: a node is dead after half a second
// of silence.
const std::string node_keys = R"("node": {"heartbeat": "100ms",
    "silence_limit": "500ms"}, "http": {"listen": "127.0.0.1:0"})";

const std::vector<std::string> held{"h1", "h2", "h3"};

/// A daemon with three running jobs, and another one beside it that has no
/// part in them yet.
struct rivals {
  scene here;
  std::unique_ptr<process> stale;
  std::unique_ptr<process> healthy;
  std::string metrics_url;
  incarnation before = 0;

  explicit rivals(std::unique_ptr<backend> db) : here{std::move(db)} {
    here.configure("[" + deadly_queue("mail", 3) + "]", node_keys);
    stale = here.start({"run", "--live"});
    auto ready = stale->await_line("ready: ");
    auto at = ready.find("http://");
    REQUIRE(at != std::string::npos);
    metrics_url = ready.substr(at, ready.find_first_of(" \n", at) - at);
    for (const auto& id : held) {
      here.ok({"enqueue", "-q", "mail", "-t", "hold", "--id", id});
      stale->await_line(id + "  ▶ started");
    }
    before = nodes().at(0).id;
  }

  std::vector<node_info> nodes() const {
    return here.db().open()->connect().value()->nodes().value();
  }

  /// Not in the midst of a transaction: on SQLite everybody would wait for it
  /// until it goes on.
  void stop() const {
    while (true) {
      stale->signal(SIGSTOP);
      int how = 0;
      REQUIRE(waitpid(stale->id(), &how, WUNTRACED) == stale->id());
      REQUIRE(WIFSTOPPED(how));
      if (here.db().kind() == backend_kind::postgres || nobody_writes())
        return;
      stale->signal(SIGCONT);
    }
  }

  bool nobody_writes() const {
    try {
      auto sql = here.db().session();
      *sql << "begin immediate";
      *sql << "rollback";
      return true;
    } catch (const soci::soci_error&) {
      return false;
    }
  }

  /// Another daemon performs what the first one was given.
  void take_over() {
    healthy = here.daemon();
    for (std::size_t i = 0; i < held.size(); ++i)
      healthy->await_line("✔ done");
    for (const auto& id : held)
      CHECK(noted(here, "did " + id + " 2") == 1);
    healthy->signal(SIGTERM);
    CHECK(healthy->wait() == 0);
  }

  /// What has to be true of the first one when it goes on.
  void check_fenced() {
    for (std::size_t i = 0; i < held.size(); ++i)
      stale->await_line("its outcome came too late");
    for (std::size_t i = 0; i < held.size(); ++i)
      stale->await_line("was fenced off");
    for (const auto& id : held) {
      CHECK(noted(here, "stopped " + id + " 1 lease lost") == 1);
      CHECK(noted(here, "did " + id) == 1);
    }
    httplib::Client client{metrics_url};
    auto answer = client.Get("/metrics");
    REQUIRE(answer);
    CHECK_THAT(answer->body,
               Contains("callboard_jobs_fenced_total{queue=\"mail\",type="
                        "\"hold\"} 3\n"));
    CHECK_THAT(answer->body, !Contains("callboard_jobs_retried_total{queue="
                                       "\"mail\",type=\"hold\"} 1"));
    // None of it reached the database: they are gone, and no dead letters.
    CHECK_THAT(here.ok({"jobs"}), !Contains("h1"));
    // As a new incarnation it works on.
    here.ok({"enqueue", "-q", "mail", "-t", "write", "--id", "w1"});
    stale->await_line("w1  ✔ done");
    auto now = nodes();
    INFO("the daemon said:\n" << stale->out() << stale->err());
    REQUIRE(now.size() == 1);
    auto present = now[0].id;
    CHECK(present != before);
    // A server's disk that stalls for two seconds makes it give up its
    // connection: when the disk goes on, it is between two for a moment, under
    // the same name, and has said so.
    auto between = !now[0].alive;
    if (between) {
      here.ok({"enqueue", "-q", "mail", "-t", "write", "--id", "w2"});
      stale->await_line("w2  ✔ done");
      now = nodes();
      REQUIRE(now.size() == 1);
      CHECK(now[0].alive);
      CHECK(now[0].id == present);
    }
    stale->signal(SIGTERM);
    CHECK(stale->wait() == 0);
    if (between)
      CHECK_THAT(stale->out(), Contains("(the server does not answer)"));
  }
};

} // namespace

TEST_CASE("a stopped daemon that goes on finds its jobs done by another, and "
          "changes nothing") {
  rivals both{every_shared_backend()};
  both.stop();
  both.take_over();
  both.stale->signal(SIGCONT);
  both.check_fenced();
}

TEST_CASE("a daemon whose connection was ended finds its jobs done by "
          "another, and changes nothing") {
  rivals both{backend::make(backend_kind::postgres)};
  // Stopped, so that it can't come back before the other one has taken over;
  // its lock goes with the connection.
  both.stop();
  auto ended = 0;
  std::string any = "%";
  *both.here.db().session()
      << "select count(pg_terminate_backend(l.pid)) from pg_locks l"
         " join pg_database d on d.oid = l.database"
         " where l.locktype = 'advisory' and l.granted"
         " and d.datname = current_database()"
         " and l.pid in (select pid from pg_stat_activity"
         "   where application_name like :name)",
      soci::into(ended), soci::use(any, "name");
  CHECK(ended >= 1);
  both.take_over();
  both.stale->signal(SIGCONT);
  both.check_fenced();
}
