// A server whose disk is full: it serves what needs no room, and refuses the
// rest.

#include "tests/e2e/busy_daemon.hpp"
#include "tests/e2e/ledger.hpp"
#include "tests/e2e/small_disk.hpp"

#include <catch2/catch.hpp>

#include <cstddef>
#include <set>
#include <string>

using namespace callboard::test;
using Catch::Contains;

namespace {

// One job at a time. The first one is to be a dead letter, and big.
const std::string one_at_a_time = R"([{
  "name": "mail", "concurrency": 1, "poll_interval": "100ms",
  "types": {
    "gate": {"exec": ["sh", "-c", "read line <gate1; exit 65"]},
    "ledger": {"exec": ["sh", "-c", "echo $CALLBOARD_JOB_ID >>ledger"]}
  }
}])";

// Text that can't be compressed.
std::string noise(std::size_t length) {
  std::string text;
  for (unsigned x = 1; text.size() < length; x = x * 1103515245 + 12345)
    text.push_back(static_cast<char>('a' + (x >> 16) % 26));
  return text;
}

} // namespace

TEST_CASE("a daemon keeps its outcomes while the server's disk is full") {
  if (!small_disk::possible()) {
    WARN("not run: only root may mount the small disk");
    return;
  }
  constexpr std::size_t big = 64'000;
  constexpr int waiting = 20;
  small_disk disk{16};
  busy_daemon it{{.queues = one_at_a_time, .arg = noise(big)}};
  auto sql = it.session();
  *sql << "create tablespace small location '" + disk.folder() + "'";
  *sql << "alter table callboard_job set tablespace small";
  *sql << "alter table callboard_dead_job set tablespace small";
  // No page keeps room for leases: four jobs fill one.
  *sql << "alter table callboard_job set (fillfactor = 100)";
  std::string lines;
  for (int i = 0; i < waiting; ++i)
    lines += job_line("mail", "ledger", "w" + std::to_string(i), noise(1500));
  it.here.ok({"enqueue", "--stdin", "--quiet"}, lines);
  // Somebody's old snapshot: no page gets room by being cleaned up.
  auto reader = it.session();
  *reader << "begin isolation level repeatable read";
  *reader << "select count(*) from callboard_job";
  disk.fill();
  it.check_refused(1, "out of disk space", noise(big));
  it.here.open_gate();
  it.health->await(503, R"("settling":"failing")");
  it.health->await(503, R"("leasing":"failing")");
  it.health->await(503, "out of disk space");
  disk.make_room();
  *reader << "rollback";
  it.await_return("a full disk");
  it.check_unharmed("✝ dead");
  auto done = it.here.lines_of("ledger");
  CHECK(done.size() == waiting + 1);
  CHECK(std::set<std::string>{done.begin(), done.end()}.size() == done.size());
  CHECK_THAT(it.here.ok({"dead", "list"}), Contains("g1"));
}
