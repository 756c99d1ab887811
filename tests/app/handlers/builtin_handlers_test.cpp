#include "app/handlers/builtin_handlers.hpp"
#include "tests/app/handlers/call.hpp"

#include <catch2/catch.hpp>

#include <future>

using namespace callboard;
using namespace callboard::app;
using namespace std::chrono_literals;

TEST_CASE("noop completes") {
  CHECK(call{}(make_noop_handler()) == complete());
}

TEST_CASE("sleep completes after its time") {
  auto before = std::chrono::steady_clock::now();
  CHECK(call{}(make_sleep_handler({.time = 20ms})) == complete());
  CHECK(std::chrono::steady_clock::now() - before >= 20ms);
}

TEST_CASE("a stop wakes a sleeping job at once, and it is not done") {
  struct sample {
    stop_reason why;
    std::string error;
  };
  auto each = GENERATE(values<sample>({
      {stop_reason::cancelled, "stopped (cancelled)"},
      {stop_reason::closing, "stopped (closing)"},
      {stop_reason::timed_out, "timed out after 2s"},
  }));
  call with;
  with.timeout = 2s;
  auto answer = std::async(std::launch::async, [&] {
    return with(make_sleep_handler({.time = 24h}));
  });
  with.stop.request(each.why);
  CHECK(answer.get() == fail(each.error));
}

TEST_CASE("echo logs the arg and completes") {
  call with;
  with.work.arg = "hello";
  CHECK(with(make_echo_handler()) == complete());
  CHECK(with.lines() == std::vector<std::string>{"echo: hello"});
}

TEST_CASE("echo logs any arg as bounded text") {
  call with;
  with.work.arg = std::string(1 << 20, '\xff');
  CHECK(with(make_echo_handler()) == complete());
  CHECK(with.lines().at(0).size() < 2000);
}

TEST_CASE("fail always fails, or at the first attempts") {
  call with;
  CHECK(with(make_fail_handler({})) == fail("failed on purpose"));
  auto twice = make_fail_handler({.error = "not yet", .times = 2});
  with.work.attempt = 2;
  CHECK(with(twice) == fail("not yet"));
  with.work.attempt = 3;
  CHECK(with(twice) == complete());
}
