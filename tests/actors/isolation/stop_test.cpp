#include "tests/actors/isolation/isolated_queue.hpp"

#include <catch2/catch.hpp>

#include <sys/wait.h>

#include <thread>

using namespace callboard;
using namespace callboard::test;
using namespace std::chrono_literals;
using Catch::Contains;
using Catch::StartsWith;

TEST_CASE("a stop fires the token in the process, which works on") {
  isolated_queue queue;
  auto process = queue.process();
  stop_signal stop;
  auto fire = [&](const std::string&) {
    stop.request(stop_reason::cancelled);
  };
  CHECK(queue({.type = "wait", .stop = stop, .on_line = fire})
        == retry(1s, "cancelled"));
  CHECK(queue.process() == process);
}

TEST_CASE("a stop is for one job, not for the next in the same process") {
  isolated_queue queue;
  for (int i = 0; i < 20; ++i) {
    stop_signal stop;
    auto fire = [&](const std::string&) {
      stop.request(stop_reason::cancelled);
    };
    CHECK(queue({.type = "wait", .stop = stop, .on_line = fire})
          == retry(1s, "cancelled"));
    // Would answer at once if an old stop reached it.
    stop_signal later;
    CHECK(queue({.type = "wait",
                 .stop = later,
                 .on_line =
                     [&](const std::string&) {
                       later.request(stop_reason::cancelled);
                     }})
          == retry(1s, "cancelled"));
  }
}

TEST_CASE("a job that is stopped already is not begun") {
  isolated_queue queue;
  stop_signal stop;
  stop.request(stop_reason::cancelled);
  CHECK_THAT(queue.error({.type = "complete", .stop = stop}),
             StartsWith("stopped before"));
}

TEST_CASE("a deadline fires the token in the process") {
  isolated_queue queue;
  // A process that still starts would not live that long.
  queue("complete");
  CHECK(queue({.type = "wait", .time = 10ms}) == retry(1s, "timed out"));
}

TEST_CASE("a handler that ignores its timeout is killed after the grace") {
  isolated_queue queue{{.kill_after = 10ms}};
  for (auto type : {"spin", "die"}) {
    // One that still starts would be ended by SIGTERM.
    queue("complete");
    CHECK_THAT(queue.error({.type = type, .time = 10ms}),
               StartsWith("timed out: the handler's process did not end within "
                          "10 ms and was killed by SIGKILL (process "));
    CHECK(queue("complete") == complete());
  }
}

TEST_CASE("a process that was stopped (SIGSTOP) is woken to hear its stop") {
  isolated_queue queue;
  stop_signal stop;
  std::jthread watcher;
  auto watch = [&](const std::string& line) {
    watcher = std::jthread{[&stop, process = std::stoi(line)] {
      siginfo_t info{};
      ::waitid(P_PID, static_cast<id_t>(process), &info, WSTOPPED | WNOWAIT);
      stop.request(stop_reason::cancelled);
    }};
  };
  CHECK(queue({.type = "freeze", .stop = stop, .on_line = watch})
        == complete());
}

TEST_CASE("a handler that ignores its stop is killed after the grace") {
  isolated_queue queue{{.kill_after = 10ms}};
  stop_signal stop;
  auto fire = [&](const std::string&) {
    stop.request(stop_reason::cancelled);
  };
  CHECK_THAT(
      queue.error({.type = "die", .stop = stop, .on_line = fire}),
      StartsWith("stopped (cancelled): the handler's process did not end "
                 "within 10 ms and was killed by SIGKILL"));
}

TEST_CASE("the error of a timeout names the type's timeout") {
  isolated_queue queue{{.kill_after = 0s}};
  CHECK_THAT(queue.error({.type = "die", .time = 1ms, .timeout = 90s}),
             StartsWith("timed out after 90 s: the handler's process "));
}
