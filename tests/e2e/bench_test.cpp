#include "tests/e2e/scene.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include <csignal>
#include <fstream>
#include <iterator>

using namespace callboard;
using namespace callboard::test;
using Catch::Contains;

namespace {

boost::json::object document(const std::string& text) {
  return boost::json::parse(text).as_object();
}

/// The worker process that the bench `parent` has started.
pid_t worker_of(pid_t parent) {
  auto id = std::to_string(parent);
  std::ifstream children{"/proc/" + id + "/task/" + id + "/children"};
  for (pid_t child = 0; children >> child;) {
    std::ifstream file{"/proc/" + std::to_string(child) + "/cmdline"};
    std::string line{std::istreambuf_iterator<char>{file}, {}};
    if (line.find("bench-child") != std::string::npos)
      return child;
  }
  FAIL("the bench has no worker process");
  return -1;
}

/// Jobs of all benches that are stored.
std::size_t bench_jobs(scene& here) {
  auto connection = here.db().open()->connect().value();
  std::size_t found = 0;
  for (const auto& each : connection->counts().value())
    if (each.queue.starts_with("callboard-bench-"))
      ++found;
  return found;
}

/// Until a node performs jobs. ctest ends a wait without end.
void await_running(scene& here) {
  auto connection = here.db().open()->connect().value();
  for (;;)
    for (const auto& each : connection->counts().value())
      if (each.running.value != 0)
        return;
}

} // namespace

TEST_CASE("bench measures every mode, verifies it, and leaves nothing") {
  scene here;
  here.ok({"enqueue", "-q", "mail", "-t", "welcome", "--id", "mine"});
  auto out = here.ok({"bench", "--jobs", "60", "--samples", "4", "--rate",
                      "200", "--bulk", "25", "--queues", "3", "--concurrency",
                      "2", "--size", "1KiB", "--json"});
  auto seen = document(out);
  CHECK(seen["verified"].as_bool());
  auto& runs = seen["runs"].as_array();
  REQUIRE(runs.size() == 6);
  for (auto& run : runs) {
    INFO(boost::json::serialize(run));
    CHECK(run.at("verified").as_bool());
    auto mode = run.at("mode").as_string();
    CHECK(run.at("jobs").to_number<int>()
          == (mode == "idle" || mode == "steady" ? 4 : 60));
    CHECK(run.at("seconds").to_number<double>() > 0);
    if (mode == "enqueue")
      CHECK(run.at("call").at("count").to_number<int>() == 60);
    if (mode == "bulk")
      CHECK(run.at("call").at("count").to_number<int>() == 3);
    // The last of four comes three intervals after the first.
    if (mode == "steady")
      CHECK(run.at("seconds").to_number<double>() >= 3.0 / 200);
    if (mode == "idle")
      CHECK(run.at("pickup").at("count").to_number<int>() == 4);
  }
  CHECK(bench_jobs(here) == 0);
  CHECK(here.waiting() == 1);
}

TEST_CASE("bench shares its work among processes") {
  scene here;
  auto out = here.ok({"bench", "bulk", "drain", "flow", "idle", "--jobs", "60",
                      "--samples", "2", "--bulk", "7", "--processes", "2",
                      "--work", "1ms"});
  CHECK_THAT(out,
             Contains("verified: each of 182 jobs was performed exactly once"));
  CHECK(bench_jobs(here) == 0);
}

TEST_CASE("bench says so when a process of it is killed") {
  scene here;
  auto bench = here.start({"bench", "drain", "--jobs", "1000", "--processes",
                           "1", "--work", "1h", "--concurrency", "2"});
  await_running(here);
  REQUIRE(kill(worker_of(bench->id()), SIGKILL) == 0);
  CHECK(bench->wait() == 1);
  CHECK_THAT(bench->err(), Contains("worker process 1 was killed by signal 9"));
  CHECK(bench_jobs(here) == 0);
}

TEST_CASE("bench gives up when nothing happens any more") {
  scene here;
  auto bench
      = here.start({"bench", "drain", "--jobs", "1000", "--processes", "1",
                    "--work", "1s", "--concurrency", "1", "--patience", "3s"});
  await_running(here);
  REQUIRE(kill(worker_of(bench->id()), SIGSTOP) == 0);
  CHECK(bench->wait() == 1);
  CHECK_THAT(bench->err(), Contains("nothing has happened for 4.0 s")
                               && Contains("of 1,000 jobs, 1,000 are stored"));
  CHECK(bench_jobs(here) == 0);
}

TEST_CASE("a bench that is stopped cleans up") {
  scene here;
  auto bench = here.start({"bench", "drain", "--jobs", "500", "--work", "5ms",
                           "--concurrency", "1"});
  await_running(here);
  bench->signal(SIGINT);
  CHECK(bench->wait() == 1);
  CHECK_THAT(bench->err(), Contains("stopped by a signal"));
  CHECK(bench_jobs(here) == 0);
}

TEST_CASE("a bench refuses leftovers of another one until it may clean up") {
  scene here;
  here.ok({"enqueue", "-q", "callboard-bench-0-1", "-t", "bench"});
  auto refused = here.callboard({"bench", "drain", "--jobs", "5"});
  CHECK(refused.code == 3);
  CHECK_THAT(refused.err,
             Contains("'callboard-bench-0-1'") && Contains("--clean"));
  auto out = here.ok({"bench", "drain", "--jobs", "5", "--clean"});
  CHECK_THAT(out, Contains("verified: each of 5 jobs"));
  CHECK(bench_jobs(here) == 0);
}

TEST_CASE("bench takes a database without a config file") {
  scene here{backend::make(backend_kind::sqlite_file)};
  auto url = "sqlite:" + here.path("other.db");
  auto out = here.ok({"bench", "drain", "--jobs", "5", "--database", url});
  CHECK_THAT(out, Contains("drain"));
  here.ok({"bench", "drain", "idle", "--jobs", "5", "--samples", "2",
           "--database", "sqlite::memory:"});
  auto several = here.callboard(
      {"bench", "--processes", "2", "--database", "sqlite::memory:"});
  CHECK(several.code == 2);
  CHECK_THAT(several.err, Contains("--processes"));
}

TEST_CASE("bench explains options that make no sense") {
  scene here{backend::make(backend_kind::sqlite_file)};
  for (const auto& [wrong, named] :
       std::vector<std::pair<std::vector<std::string>, std::string>>{
           {{"fast"}, "fast"},
           {{"--jobs", "0"}, "--jobs"},
           {{"--size", "8B"}, "--size"},
           {{"--size", "100"}, "--size"},
           {{"--size", "17MiB"}, "--size"},
           {{"--processes", "65"}, "--processes"},
           {{"--work", "5"}, "--work"},
           {{"--database", "mysql://x"}, "--database"},
           {{"-c", "nowhere.json"}, "nowhere.json"}}) {
    auto arguments = wrong;
    arguments.insert(arguments.begin(), "bench");
    auto done = here.callboard(arguments);
    INFO(named << ": " << done.err);
    CHECK(done.code == 2);
    CHECK_THAT(done.err, Contains(named));
    CHECK(done.out.empty());
  }
}
