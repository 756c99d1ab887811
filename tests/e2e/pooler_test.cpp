#include "tests/e2e/ledger.hpp"
#include "tests/support/pooler.hpp"

#include <catch2/catch.hpp>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>

#include <csignal>

using namespace callboard::test;
using Catch::Contains;

namespace {

/// A program whose config names the pooler.
class pooled_scene {
public:
  explicit pooled_scene(int sessions) : pooler_{sessions} {}

  scene& here() { return scene_; }
  const pooler& way() const { return pooler_; }
  std::string schema() const { return scene_.db().options().schema; }

  /// Tables are made by the server itself.
  void migrate() {
    connect_by(scene_.db().url());
    scene_.ok({"migrate"});
  }

  void connect_by(const std::string& url) {
    scene_.configure_database("{\"url\": \"" + url + "\", \"schema\": \""
                              + schema() + "\"}");
  }

  void past_for_workers() {
    connect_by(pooler_.url("?pooler=transaction&direct=" + pooler_.server()));
  }

private:
  pooler pooler_;
  scene scene_{backend::make(backend_kind::postgres)};
};

} // namespace

TEST_CASE("behind a transaction pooler jobs are stored, performed, and taken "
          "over from a killed daemon") {
  pooled_scene pooled{2};
  auto& here = pooled.here();
  pooled.past_for_workers();
  here.configure("[" + deadly_queue("mail", 4) + "]");
  auto first = here.daemon();
  std::string lines;
  for (int i = 0; i < 200; ++i)
    lines += job_line("mail", "write", "w" + std::to_string(100 + i));
  here.ok({"enqueue", "--stdin", "--quiet"}, lines);
  here.ok({"enqueue", "-q", "mail", "-t", "hold", "--id", "held"});
  first->await_line("held  ▶ started");
  auto second = here.daemon();
  first->signal(SIGKILL);
  CHECK(first->wait() == -SIGKILL);
  second->await_line("held  ▶ started, attempt 2");
  second->await_line("held  ✔ done");
  second->signal(SIGTERM);
  CHECK(second->wait() == 0);
  CHECK(noted(here, "did held") == 1);
  // What the killed one had settled may not have been stored yet.
  for (int i = 0; i < 200; ++i)
    CHECK(noted(here, "did w" + std::to_string(100 + i) + " ") >= 1);
  CHECK(here.waiting() == 0);
}

TEST_CASE("behind a transaction pooler a node's second connection leases by "
          "it") {
  pooled_scene pooled{1};
  pooled.migrate();
  auto db = callboard::open(
      pooled.way().url("?pooler=transaction&direct=" + pooled.way().server()),
      {.schema = pooled.schema()});
  auto first = db->connect().value();
  auto node = first->join("n1", "").value();
  auto second = db->connect().value();
  auto jobs = callboard::prepare({{.queue = "mail", .type = "t"}}).value();
  second->enqueue(jobs).value();
  auto leased = second->lease_for(node, {{.queue = "mail"}}).value();
  REQUIRE(leased.at(0).jobs.size() == 1);
  auto held = first->held().value();
  REQUIRE(held.size() == 1);
  CHECK(held[0].fence == leased[0].jobs[0].fence);
}

TEST_CASE("behind a transaction pooler a rush is performed, each job once") {
  pooled_scene pooled{3};
  auto& here = pooled.here();
  pooled.past_for_workers();
  // It counts what was performed.
  auto drained
      = here.callboard({"bench", "drain", "--jobs", "10000", "--json"});
  INFO(drained.err);
  CHECK(drained.code == 0);
  CHECK_THAT(drained.out, Contains("\"verified\":true"));
}

TEST_CASE("what goes through a transaction pooler leaves nothing behind in "
          "the server's session") {
  pooled_scene pooled{1};
  auto& here = pooled.here();
  soci::session stranger{soci::postgresql, pooled.way().url("?keepalives=1")};
  auto shown = [&](const std::string& what) {
    std::string value;
    stranger << "show " + what, soci::into(value);
    return value;
  };
  auto path = shown("search_path");
  auto timeout = shown("statement_timeout");
  pooled.past_for_workers();
  here.ok({"enqueue", "-q", "mail", "-t", "welcome"});
  here.ok({"run", "--once"});
  CHECK(here.waiting() == 0);
  CHECK(shown("search_path") == path);
  CHECK(shown("statement_timeout") == timeout);
  CHECK(shown("enable_seqscan") == "on");
  int kept = -1;
  stranger << "select (select count(*) from pg_prepared_statements)"
              " + (select count(*) from pg_locks where locktype = 'advisory'"
              " and pid = pg_backend_pid())",
      soci::into(kept);
  CHECK(kept == 0);
}

TEST_CASE("a pooler that the URL does not name is refused with the remedy, "
          "before anything is set") {
  pooled_scene pooled{1};
  auto& here = pooled.here();
  pooled.migrate();
  soci::session stranger{soci::postgresql, pooled.way().url("?keepalives=1")};
  pooled.connect_by(pooled.way().url(""));
  auto refused = here.callboard({"enqueue", "-q", "mail", "-t", "welcome"});
  CHECK(refused.code == 2);
  CHECK_THAT(refused.err, Contains("pooler=transaction&direct="));
  CHECK(here.waiting() == 0);
  std::string seqscan;
  stranger << "show enable_seqscan", soci::into(seqscan);
  CHECK(seqscan == "on");
}

TEST_CASE("without a way past a transaction pooler jobs are stored, and a "
          "worker says what it needs") {
  pooled_scene pooled{1};
  auto& here = pooled.here();
  pooled.connect_by(pooled.way().url("?pooler=transaction"));
  here.ok({"enqueue", "-q", "mail", "-t", "welcome"});
  CHECK(here.waiting() == 1);
  auto refused = here.callboard({"run", "--once"});
  CHECK(refused.code == 2);
  CHECK_THAT(refused.err, Contains("add direct=HOST:PORT"));
  CHECK(here.waiting() == 1);
}
