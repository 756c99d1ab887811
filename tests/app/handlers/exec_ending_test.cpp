#include "app/handlers/exec_handler.hpp"
#include "tests/app/handlers/call.hpp"
#include "tests/app/handlers/scratch_folder.hpp"

#include <catch2/catch.hpp>

#include <signal.h>

#include <chrono>
#include <fstream>
#include <future>

using namespace callboard;
using namespace callboard::app;
using namespace std::chrono_literals;
using Catch::Matchers::StartsWith;

// Timeouts, stops, and what becomes of a program's descendants.

namespace {

// A script that tells through a named pipe when it is ready to be ended.
struct ended_script {
  explicit ended_script(const std::string& body, duration kill_after = 1h) {
    folder.pipe("ready");
    folder.script("job.sh", body);
    auto where = environment_in(folder.path());
    run = made(make_exec_handler(
        {.command = {"./job.sh"}, .kill_after = kill_after}, where));
  }

  // Stops it as soon as it is ready.
  outcome stopped() {
    auto answer = std::async(std::launch::async, [this] { return with(run); });
    said = text_of(folder / "ready");
    with.stop.request(stop_reason::cancelled);
    return answer.get();
  }

  // Its deadline has passed already when it starts.
  outcome late() {
    with.deadline = std::chrono::steady_clock::now();
    with.timeout = 30s;
    return with(run);
  }

  scratch_folder folder;
  handler run;
  call with;
  std::string said;
};

} // namespace

TEST_CASE("a stop ends a program by SIGTERM at once") {
  ended_script x{"echo > ready; exec sleep 1000"};
  CHECK(x.stopped() == fail("stopped (cancelled), killed by SIGTERM"));
}

TEST_CASE("a program that ignores SIGTERM is killed later") {
  ended_script x{"trap '' TERM; echo > ready; sleep 1000; exit 0", 10ms};
  CHECK(x.stopped() == fail("stopped (cancelled), killed by SIGKILL"));
}

TEST_CASE("a program that is stopped itself can be ended") {
  ended_script x{"echo > ready; kill -STOP $$"};
  CHECK(x.stopped() == fail("stopped (cancelled), killed by SIGTERM"));
}

TEST_CASE("a program that only ends well on SIGTERM is not done") {
  ended_script x{"trap 'exit 0' TERM; echo > ready; while :; do :; done"};
  CHECK(x.stopped() == fail("stopped (cancelled), exit code 0"));
}

TEST_CASE("a program can say on SIGTERM what is to become of its job") {
  ended_script x{R"(trap '
  echo "{\"result\":\"reschedule\",\"after\":\"1s\",\"arg\":\"at 5\"}" \
    > "$CALLBOARD_OUTCOME"
  exit 0' TERM
echo > ready
while :; do :; done)"};
  CHECK(x.stopped() == reschedule(by_after(1s), with_arg{"at 5"}));
}

TEST_CASE("a program past its deadline fails as timed out") {
  ended_script x{"echo too slow >&2; exec sleep 1000"};
  CHECK_THAT(error_of(x.late()),
             StartsWith("timed out after 30s, killed by SIGTERM"));
}

TEST_CASE("a stopped job starts no program") {
  ended_script x{"echo ran > proof"};
  x.with.stop.request(stop_reason::cancelled);
  CHECK_THAT(error_of(x.with(x.run)), StartsWith("stopped before"));
  CHECK(text_of(x.folder / "proof").empty());
}

TEST_CASE("the children of a program end with it") {
  ended_script x{"sleep 1000 & echo $! > child; exit 0"};
  CHECK(x.with(x.run) == complete());
  auto child = std::stoi(text_of(x.folder / "child"));
  CHECK(has_ended(child));
}

TEST_CASE("the children of a program that is stopped end, too") {
  ended_script x{R"(trap '' TERM
sh -c 'trap "" TERM; while :; do sleep 1000; done' &
echo $! > ready
wait; sleep 1000)",
                 10ms};
  CHECK(x.stopped() == fail("stopped (cancelled), killed by SIGKILL"));
  CHECK(has_ended(std::stoi(x.said)));
}

TEST_CASE("a child has the same grace to end as the program") {
  ended_script x{R"(sh -c 'trap "echo cleaned > proof; exit" TERM
  echo > ready; while :; do :; done' &
wait)"};
  CHECK(x.stopped() == fail("stopped (cancelled), killed by SIGTERM"));
  CHECK(text_of(x.folder / "proof") == "cleaned\n");
}

TEST_CASE("a descendant that left the group does not hang the job") {
  ended_script x{R"(setsid sh -c 'echo $$ > daemon; echo > ready
  exec sleep 1000' &
cat ready > /dev/null; exit 0)"};
  CHECK(x.with(x.run) == complete());
  auto daemon = std::stoi(text_of(x.folder / "daemon"));
  CHECK(::kill(daemon, SIGKILL) == 0);
}

TEST_CASE("a program may close its streams and go on") {
  ended_script x{"exec <&- >&- 2>&-; read -r word < ready; exit $word"};
  auto answer = std::async(std::launch::async, [&] { return x.with(x.run); });
  std::ofstream{x.folder / "ready"} << "3\n";
  CHECK(answer.get() == fail("exit code 3"));
}

TEST_CASE("a program leads a process group of its own") {
  ended_script x{R"(read -r pid name state parent group rest < /proc/$$/stat
[ "$group" = $$ ])"};
  CHECK(x.with(x.run) == complete());
}
