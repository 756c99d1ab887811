#include "tests/actors/isolation/isolated_queue.hpp"
#include "tests/support/await_end.hpp"

#include <catch2/catch.hpp>

#include <signal.h>

using namespace callboard;
using namespace callboard::test;
using namespace std::chrono_literals;
using Catch::Contains;
using Catch::StartsWith;

namespace {

// Node, process and moment stand at the end of every death.
auto signed_off() {
  return Catch::Matches(R"(.* \(process \d+ on node n1, \d{4}-\d\d-\d\dT)"
                        R"(\d\d:\d\d:\d\dZ(; death 1 of 3)?\))");
}

} // namespace

TEST_CASE("a crash costs one attempt of one job, and says how it came") {
  isolated_queue queue;
  auto first = queue.process();
  CHECK_THAT(queue.error("segv"),
             StartsWith("the handler's process was killed by SIGSEGV")
                 && signed_off());
  auto second = queue.process();
  CHECK(second != first);
  CHECK_THAT(queue.error("abort"),
             StartsWith("the handler's process was killed by SIGABRT")
                 && signed_off());
  CHECK(queue("complete") == complete());
}

TEST_CASE("a job whose process dies again and again is a dead letter") {
  isolated_queue queue;
  auto first = queue.error("segv");
  CHECK_THAT(first, Contains("; death 1 of 3)"));
  auto second = queue.error({.type = "abort", .last_error = first});
  CHECK_THAT(second, Contains("; death 2 of 3)"));
  auto third = queue({.type = "segv", .last_error = second});
  REQUIRE(std::holds_alternative<dead>(third));
  CHECK_THAT(std::get<dead>(third).error,
             Contains("killed by SIGSEGV") && Contains("; death 3 of 3)"));
}

TEST_CASE("only deaths in a row count") {
  isolated_queue queue;
  CHECK_THAT(queue.error({.type = "segv", .last_error = "busy; death of a"}),
             Contains("; death 1 of 3)"));
  // Killed by us, it may be slow but is no poison.
  queue("complete");
  CHECK_THAT(queue.error({.type = "garbage", .arg = std::string(99, 'x')}),
             !Contains("; death"));
}

TEST_CASE("an exit is no answer, whatever its code") {
  isolated_queue queue;
  for (std::string code : {"0", "3"})
    CHECK_THAT(queue.error({.type = "exit", .arg = code}),
               StartsWith("the handler's process exited with code " + code
                          + " before the handler had answered")
                   && signed_off());
  CHECK(queue("complete") == complete());
}

TEST_CASE("a crash among the last destructors of an exit is told as such") {
  isolated_queue queue;
  CHECK_THAT(queue.error("exit_badly"), Contains("killed by SIGSEGV"));
}

TEST_CASE("a process killed from outside at work costs its job an attempt") {
  isolated_queue queue;
  auto kill = [](const std::string& line) {
    ::kill(std::stoi(line), SIGKILL);
  };
  CHECK_THAT(queue.error({.type = "die", .on_line = kill}),
             StartsWith("the handler's process was killed by SIGKILL from "
                        "outside")
                 && signed_off());
}

TEST_CASE("a process killed from outside while idle costs nothing") {
  isolated_queue queue;
  auto idle = queue.process();
  ::kill(idle, SIGKILL);
  REQUIRE(await_end(idle));
  CHECK(queue("complete") == complete());
  CHECK(queue.process() != idle);
}

TEST_CASE("signals of a service manager do not end a process") {
  isolated_queue queue;
  auto idle = queue.process();
  for (auto number : {SIGTERM, SIGINT, SIGHUP})
    ::kill(idle, number);
  CHECK(queue.process() == idle);
}

TEST_CASE("a process that a handler forked dies with its process") {
  pid_t left = 0;
  auto remember = [&](const std::string& line) {
    left = std::stoi(line);
  };
  isolated_queue queue;
  CHECK_THAT(queue.error({.type = "stay_and_crash", .on_line = remember}),
             Contains("killed by SIGKILL"));
  CHECK(await_end(left));
}

TEST_CASE("a fork that lives on holds up no job, and ends with the process") {
  pid_t left = 0;
  auto remember = [&](const std::string& line) {
    left = std::stoi(line);
  };
  {
    isolated_queue queue;
    CHECK(queue({.type = "stay_behind", .on_line = remember}) == complete());
    CHECK(queue("complete") == complete());
    CHECK(::kill(left, 0) == 0);
    CHECK_THAT(queue.error("segv"), Contains("killed by SIGSEGV"));
  }
  CHECK(await_end(left));
}

TEST_CASE("a fork that returns from the handler answers nothing") {
  pid_t copy = 0;
  auto remember = [&](const std::string& line) {
    copy = std::stoi(line);
  };
  isolated_queue queue;
  auto process = queue.process();
  CHECK(queue({.type = "return_twice", .on_line = remember}) == complete());
  CHECK(await_end(copy));
  CHECK(queue("retry") == retry(7s, "later"));
  CHECK(queue.process() == process);
}

TEST_CASE("garbage on the channel costs the job, not the node") {
  isolated_queue queue;
  for (auto garbage :
       {std::string(100, '\xff'), std::string(4096, '\0'),
        // A length that no message may have.
        std::string{"\xff\xff\xff\x7f\x05\0\0\0", 8},
        // A greeting, which only the node may say.
        std::string{"\0\0\0\0\0\0\0\0", 8},
        std::string{"\0\0\0\0\2\0\0\0", 8} + std::string(8, '\xee')})
    CHECK_THAT(queue.error({.type = "garbage", .arg = garbage}),
               Contains("something but Callboard wrote to its descriptor 3")
                   && signed_off());
  CHECK(queue("complete") == complete());
}

TEST_CASE("a handler that closes the channel ends its process") {
  isolated_queue queue;
  CHECK_THAT(queue.error("hang_up"),
             Contains("exited with code 0 before the handler had answered"));
  CHECK(queue("complete") == complete());
}

TEST_CASE("a process that does not end when it is not needed is killed") {
  pid_t process = 0;
  auto remember = [&](const std::string& line) {
    process = std::stoi(line);
  };
  {
    isolated_queue queue{{.kill_after = 10ms}};
    CHECK(queue({.type = "end_never", .on_line = remember}) == complete());
  }
  CHECK(await_end(process));
}
