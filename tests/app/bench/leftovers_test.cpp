#include "app/bench/leftovers.hpp"
#include "tests/support/backends.hpp"

#include <catch2/catch.hpp>

using namespace callboard;
using namespace callboard::app::bench;

namespace {

void store(job_store& to, const std::string& queue, const std::string& id) {
  auto jobs = prepare({{.queue = queue, .type = "bench", .id = id}}).value();
  REQUIRE(to.enqueue(jobs).has_value());
}

} // namespace

TEST_CASE("each run has queues of its own") {
  auto one = new_queues(2);
  auto other = new_queues(2);
  REQUIRE(one.size() == 2);
  CHECK(one[0] != one[1]);
  CHECK(one[0] != other[0]);
  for (const auto& name : one)
    CHECK(name.starts_with(queue_prefix));
}

TEST_CASE("only a bench's jobs are found and removed") {
  auto db = test::every_backend();
  auto opened = db->open();
  auto connection = opened->connect().value();
  auto queues = new_queues(2);
  store(*connection, queues[0], "a");
  store(*connection, queues[0], "b");
  store(*connection, queues[1], "c");
  store(*connection, "mail", "d");
  auto used = used_bench_queues(*connection).value();
  REQUIRE(used.size() == 2);
  CHECK(remove_jobs(*connection, {queues[0], "mail"}).value() == 2);
  CHECK(connection->find("d").value().has_value());
  CHECK(connection->find("c").value().has_value());
  CHECK_FALSE(connection->find("a").value().has_value());
  CHECK(used_bench_queues(*connection).value().size() == 1);
}

TEST_CASE("a bench's dead letters are removed, its running jobs are not") {
  auto db = test::every_backend();
  auto opened = db->open();
  auto connection = opened->connect().value();
  auto queue = new_queues(1).front();
  REQUIRE(connection->join("node", "").has_value());
  store(*connection, queue, "dies");
  auto leased = connection->lease({{.queue = queue}}).value();
  REQUIRE(leased[0].jobs.size() == 1);
  auto fence = leased[0].jobs[0].fence;
  REQUIRE(connection->settle({{"dies", fence, dead{"why"}}}).has_value());
  store(*connection, queue, "runs");
  REQUIRE(connection->lease({{.queue = queue}}).value()[0].jobs.size() == 1);
  CHECK(remove_jobs(*connection, {queue}).value() == 1);
  CHECK_FALSE(connection->find("dies").value().has_value());
  CHECK(connection->find("runs").value()->state == job_state::running);
}
