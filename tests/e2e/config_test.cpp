#include "tests/e2e/scene.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace callboard::test;
using Catch::Contains;

namespace {

std::unique_ptr<backend> sqlite() {
  return backend::make(backend_kind::sqlite_file);
}

} // namespace

TEST_CASE("check says that a good file is fine") {
  scene here{sqlite()};
  CHECK(here.ok({"check"}) == "callboard.json: fine: 1 queue, 6 types\n");
}

TEST_CASE("every problem of a file has a line with its place") {
  scene here{sqlite()};
  here.configure(R"([{"name": "", "concurrency": 0, "types": {}},
                     {"name": "b", "types": {"x": {"noop": {}, "wat": 1}}}])",
                 R"("nonsense": true)");
  for (const std::string command : {"check", "run", "jobs", "status"}) {
    auto done = here.callboard({command});
    INFO(command << ":\n" << done.err);
    CHECK(done.code == 2);
    CHECK(done.out.empty());
    CHECK(std::count(done.err.begin(), done.err.end(), '\n') >= 4);
    CHECK_THAT(done.err, Catch::StartsWith("callboard: callboard.json: ")
                             && Contains("/queues/0/concurrency")
                             && Contains("/queues/1/types/x/wat")
                             && Contains("/nonsense"));
  }
}

TEST_CASE("a program that is missing is found by check and run") {
  scene here{sqlite()};
  here.configure(R"([{"name": "q", "types": {
                      "x": {"exec": ["./not-there"]}}}])");
  for (const std::string command : {"check", "run"}) {
    auto done = here.callboard({command});
    INFO(done.err);
    CHECK(done.code == 2);
    CHECK_THAT(done.err, Contains("not-there"));
  }
}

TEST_CASE("a file that is not there is named with the remedy") {
  scene here{sqlite()};
  auto done = here.callboard({"check", "-c", "none.json"});
  CHECK(done.code == 2);
  CHECK_THAT(done.err, Contains("none.json"));
}

TEST_CASE("a command that makes no sense ends with 2 and the way to help") {
  scene here{sqlite()};
  auto done = here.callboard({"enque"});
  CHECK(done.code == 2);
  CHECK(done.out.empty());
  CHECK(done.err
        == "callboard: there is no command 'enque'; did you mean 'enqueue'?"
           " See callboard --help\n");
  auto nothing = here.callboard({"enqueue", "-t", "x"});
  CHECK(nothing.code == 2);
  CHECK_THAT(nothing.err, Contains("which queue? Say -q QUEUE"));
}

TEST_CASE("a database in memory is for run only") {
  scene here{sqlite()};
  here.configure_database("\"sqlite::memory:\"");
  for (const std::vector<std::string>& command :
       std::vector<std::vector<std::string>>{
           {"enqueue", "-q", "mail", "-t", "welcome"},
           {"jobs"},
           {"migrate"},
           {"status"}}) {
    auto done = here.callboard(command);
    INFO(command.front() << ":\n" << done.err);
    CHECK(done.code == 2);
    CHECK(done.out.empty());
    CHECK_THAT(done.err, Contains("gone when it ends"));
  }
  here.ok({"check"});
  here.ok({"run", "--once"});
}

TEST_CASE("a standard output that is full is an error") {
  scene here{sqlite()};
  auto command = GENERATE(as<std::string>{}, "check", "run --live --once");
  auto done = run({"sh", "-c", CALLBOARD_PROGRAM " " + command + " >/dev/full"},
                  {}, here.options());
  INFO(command);
  CHECK(done.code == 1);
  CHECK_THAT(done.err, Contains("standard output"));
}
