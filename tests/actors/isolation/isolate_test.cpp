#include "actors/isolation/isolate.hpp"
#include "tests/actors/isolation/handlers.hpp"
#include "tests/actors/isolation/isolated_queue.hpp"

#include <catch2/catch.hpp>

#include <unistd.h>

using namespace callboard;
using namespace callboard::test;
using namespace std::chrono_literals;
using Catch::Contains;
using Catch::StartsWith;

TEST_CASE("an isolated handler knows its job and answers as ever") {
  isolated_queue queue;
  CHECK(queue.error({.type = "report", .arg = std::string{"x\0y", 3}})
        == std::string{"j1,good,report,x\0y,r1,2,7,no deadline,0", 39});
  CHECK_THAT(queue.error({.type = "report", .time = 1h, .timeout = 9s}),
             Contains(",deadline,9"));
  CHECK(queue("complete") == complete());
  CHECK(queue("retry") == retry(7s, "later"));
  CHECK(queue("by_cron")
        == reschedule(by_cron("0 3 * * *", "Europe/Berlin"),
                      with_arg{std::string{"a\0b", 3}}));
}

TEST_CASE("an exception in a process goes to the dead letters as ever") {
  isolated_queue queue;
  auto before = queue.process();
  CHECK(queue("throw") == move_to_dlq("thrown in a process"));
  CHECK(queue.process() == before);
}

TEST_CASE("a large arg crosses both ways") {
  isolated_queue queue;
  std::string large(20 << 20, 'x');
  large[12345678] = 'y';
  auto answer = queue({.type = "echo", .arg = large});
  REQUIRE(std::holds_alternative<rescheduled>(answer));
  CHECK((std::get<rescheduled>(answer).arg == large));
}

TEST_CASE("what an isolated handler logs is logged by the node") {
  isolated_queue queue;
  CHECK(queue("log") == complete());
  auto lines = queue.lines();
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].level == log_level::warning);
  CHECK(lines[0].message == "a warning");
  CHECK(lines[0].fields.size() == 2);
  CHECK(lines[1].level == log_level::debug);
  CHECK(lines[1].message == "detail");
}

TEST_CASE("middlewares run around the handler, inside the process") {
  isolated_queue queue{{.startup = "middlewares"}};
  auto process = queue.error("pid");
  auto lines = queue.lines();
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].message == "outer in " + process);
  CHECK(lines[1].message == "inner in " + process);
  CHECK(process != std::to_string(::getpid()));
}

TEST_CASE("isolation leaves no middleware in the node") {
  auto made = make_workers("middlewares");
  made.front().isolation.emplace();
  auto there = actors::isolate(std::move(made), "n1", 3).value();
  CHECK(there.front().middlewares.empty());
  CHECK(there.front().handle.isolated());
}

TEST_CASE("a handler that hands its job on anyway stays where it is") {
  worker_config config{.queue = "mixed", .isolation = process_isolation{}};
  auto calls = 0;
  config.middlewares.push_back([&](handler next) -> handler {
    return [&calls, next](const job& work, context& ctx) {
      ++calls;
      return next(work, ctx);
    };
  });
  config.handle.on(
      "exec",
      [](const job&, context&) { return fail(std::to_string(::getpid())); },
      {.isolated = true});
  auto made = actors::isolate({config}, "n1", 3).value().front();
  job work{.id = "j1", .queue = "mixed", .type = "exec"};
  context ctx{work, 1, stop_signal{}, std::nullopt, {}};
  CHECK(made.handle.find("exec")->function(work, ctx)
        == fail(std::to_string(::getpid())));
  CHECK(calls == 1);
}

TEST_CASE("the options of a type survive its isolation") {
  worker_config config{.queue = "q", .isolation = process_isolation{}};
  config.handle.on("a", [](const job&, context&) { return complete(); },
                   {.retry = {.max_attempts = 9}, .timeout = 3s});
  auto made = actors::isolate({config}, "n1", 3).value().front();
  CHECK(made.handle.find("a")->options.retry.max_attempts == 9);
  CHECK(made.handle.find("a")->options.timeout == 3s);
  CHECK(made.handle.find("a")->options.isolated);
}

TEST_CASE("a queue without isolation is left alone") {
  auto made = make_workers("middlewares");
  auto same = actors::isolate(made, "n1", 3).value();
  CHECK(same.front().middlewares.size() == 2);
  CHECK_FALSE(same.front().handle.isolated());
}

TEST_CASE("a process that can't make its workers says why") {
  auto said = [](const std::string& startup) {
    isolated_queue queue{{.startup = startup}};
    return queue.error("complete");
  };
  CHECK_THAT(said("throw"), StartsWith("the process of its handler can't work")
                                && Contains("no workers today"));
  CHECK_THAT(said("none"), Contains("no worker for queue 'good'"));
  CHECK_THAT(said("exit"),
             Contains("died while it started: it exited with code 9"));
}
