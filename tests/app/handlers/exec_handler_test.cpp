#include "app/handlers/exec_handler.hpp"
#include "tests/app/handlers/call.hpp"
#include "tests/app/handlers/scratch_folder.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>

#include <atomic>
#include <filesystem>
#include <thread>

using namespace callboard;
using namespace callboard::app;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;
using Catch::Matchers::EndsWith;
using Catch::Matchers::StartsWith;

namespace {

// A handler that runs a shell script.
struct scripted {
  explicit scripted(const std::string& body,
                    config::exec_settings settings = {}) {
    folder.script("job.sh", body);
    settings.command.insert(settings.command.begin(), "./job.sh");
    run = made(make_exec_handler(settings, environment_in(folder.path())));
  }

  outcome operator()() { return with(run); }

  scratch_folder folder;
  handler run;
  call with;
};

} // namespace

TEST_CASE("exit code 0 completes, 65 is dead, any other fails") {
  CHECK(scripted{"exit 0"}() == complete());
  CHECK(scripted{"echo no such user >&2; exit 65"}()
        == move_to_dlq("exit code 65: no such user"));
  CHECK(scripted{"exit 65"}() == move_to_dlq("exit code 65"));
  CHECK(scripted{"echo broken >&2; exit 3"}() == fail("exit code 3: broken"));
  CHECK(scripted{"exit 255"}() == fail("exit code 255"));
}

TEST_CASE("a program that dies by a signal fails with the signal's name") {
  CHECK_THAT(error_of(scripted{"kill -SEGV $$"}()),
             StartsWith("killed by SIGSEGV"));
  CHECK(scripted{"echo last words >&2; kill -KILL $$"}()
        == fail("killed by SIGKILL: last words"));
}

TEST_CASE("the arg is the program's standard input, bytes as they are") {
  scripted x{"cat > arg"};
  x.with.work.arg = std::string{"a\0b\xff\n", 5};
  CHECK(x() == complete());
  CHECK(text_of(x.folder / "arg") == x.with.work.arg);
}

TEST_CASE("a program gets its arguments as they are") {
  scripted x{R"(printf '%s|' "$@" >&2; exit 1)",
             {.command = {"--html", "two words", "$HOME", ""}}};
  CHECK(x() == fail("exit code 1: --html|two words|$HOME||"));
}

TEST_CASE("a program finds the facts of its job in its environment") {
  scripted x{R"(echo "$CALLBOARD_JOB_ID $CALLBOARD_QUEUE $CALLBOARD_TYPE \
$CALLBOARD_ATTEMPT $CALLBOARD_REQUEST_ID $CALLBOARD_FENCE $GREETING" >&2
exit 1)",
             {.environment = {{"GREETING", "hello"}}}};
  CHECK(x() == fail("exit code 1: j1 mail welcome 2 r1 7 hello"));
}

TEST_CASE("a program begins in the folder of the config, or in its own") {
  scripted config{"pwd >&2; exit 1"};
  CHECK(config() == fail("exit code 1: " + config.folder.path()));
  scripted own{"pwd >&2; exit 1", {.working_directory = "/"}};
  CHECK(own() == fail("exit code 1: /"));
}

TEST_CASE("an arg of 16 MiB flows in while as much flows out") {
  scripted x{"tee /dev/stderr; exit 3", {.error_tail = 10}};
  x.with.work.arg = std::string(16 << 20, 'x') + "the end";
  CHECK(x() == fail("exit code 3: xxxthe end"));
}

TEST_CASE("a program need not read its standard input") {
  scripted closes{"exec <&-; exit 0"};
  closes.with.work.arg = std::string(16 << 20, 'x');
  CHECK(closes() == complete());
  scripted reads_little{"head -c 10 > /dev/null; exit 3"};
  reads_little.with.work.arg = std::string(16 << 20, 'x');
  CHECK(reads_little() == fail("exit code 3"));
}

TEST_CASE("standard output goes to the log of the job, line by line") {
  scripted x{R"(printf 'one\ntwo\nunended')"};
  CHECK(x() == complete());
  CHECK(x.with.lines()
        == std::vector<std::string>{"output: one", "output: two",
                                    "output: unended"});
}

TEST_CASE("a flood of output costs neither memory nor log") {
  scripted x{"yes | head -c 300000000; yes | head -c 300000000 >&2; exit 4",
             {.error_tail = 3}};
  rusage before{};
  getrusage(RUSAGE_SELF, &before);
  CHECK(x() == fail("exit code 4: y"));
  rusage after{};
  getrusage(RUSAGE_SELF, &after);
  CHECK(after.ru_maxrss - before.ru_maxrss < 64 * 1024);
  CHECK(x.with.lines().size() == 1001);
  CHECK_THAT(x.with.lines().back(), EndsWith("bytes more were not logged"));
}

TEST_CASE("only the end of standard error becomes the error") {
  scripted x{"seq 1 100000 >&2; exit 1", {.error_tail = 13}};
  CHECK(x() == fail("exit code 1: 99999\n100000"));
}

TEST_CASE("a program inherits no descriptor, signal mask or disposition") {
  scripted x{R"([ -e /proc/$$/fd/$1 ] && echo leaked >&2
grep -E 'SigBlk|SigIgn' /proc/self/status >&2
exit 1)",
             {.command = {"200"}}};
  auto open = ::fcntl(STDERR_FILENO, F_DUPFD, 200);
  REQUIRE(open == 200);
  sigset_t usr1, before;
  sigemptyset(&usr1);
  sigaddset(&usr1, SIGUSR1);
  pthread_sigmask(SIG_BLOCK, &usr1, &before);
  auto old = ::signal(SIGUSR2, SIG_IGN);
  auto answer = x();
  ::signal(SIGUSR2, old);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  ::close(open);
  auto error = error_of(answer);
  CHECK_THAT(error, !Contains("leaked"));
  CHECK_THAT(error, Contains("SigBlk:\t0000000000000000"));
  // 32 and 33 are the C library's own.
  CHECK_THAT(error,
             Catch::Matchers::Matches("[^]*SigIgn:\t[0-9a-f]{8}[08]0000000"));
}

TEST_CASE("a program that is missing is found out when it is configured") {
  scratch_folder folder;
  auto refused = [&](std::string program) {
    return refusal(make_exec_handler({.command = {program}},
                                     environment_in(folder.path())));
  };
  CHECK_THAT(refused("./absent"), Contains(folder / "absent")
                                      && Contains("No such file")
                                      && Contains("install it"));
  CHECK_THAT(refused("no-such-program-here"),
             Contains("'no-such-program-here' is in no folder of PATH"));
  CHECK_THAT(refused(folder.path()), Contains("directory"));
  folder.file("plain", "#!/bin/sh\n");
  CHECK_THAT(refused("./plain"), Contains("chmod +x"));
  CHECK_THAT(refusal(make_exec_handler({.command = {}},
                                       environment_in(folder.path()))),
             Contains("names no program"));
  CHECK_THAT(refusal(make_exec_handler(
                 {.command = {"true"}, .working_directory = "/absent"},
                 environment_in(folder.path()))),
             Contains("working_directory '/absent'"));
}

TEST_CASE("a program without a slash is found in PATH") {
  scratch_folder folder;
  auto run = made(
      make_exec_handler({.command = {"true"}}, environment_in(folder.path())));
  CHECK(call{}(run) == complete());
  folder.script("mine", "exit 65");
  auto own = made(make_exec_handler(
      {.command = {"mine"},
       .environment = {{"PATH", folder.path() + ":/usr/bin:/bin"}}},
      environment_in("/")));
  CHECK(call{}(own) == move_to_dlq("exit code 65"));
}

TEST_CASE("a program that vanished fails its jobs with the remedy") {
  scripted x{"exit 0"};
  std::filesystem::remove(x.folder / "job.sh");
  auto answer = x();
  CHECK(std::holds_alternative<failed>(answer));
  CHECK_THAT(error_of(answer), Contains(x.folder / "job.sh")
                                   && Contains("No such file or directory")
                                   && Contains("install it"));
}

TEST_CASE("a program that lost its right to run fails with the remedy") {
  scripted x{"exit 0"};
  std::filesystem::permissions(x.folder / "job.sh",
                               std::filesystem::perms::owner_read);
  CHECK_THAT(error_of(x()),
             Contains("Permission denied") && Contains("chmod +x"));
}

TEST_CASE("a script without an interpreter fails with the remedy") {
  scratch_folder folder;
  folder.file("bare", "exit 0\n", 0755);
  folder.file("lost", "#!/no/such/shell\n", 0755);
  auto answer = [&](std::string program) {
    return call{}(made(make_exec_handler({.command = {program}},
                                         environment_in(folder.path()))));
  };
  CHECK_THAT(error_of(answer("./bare")), Contains("#!/bin/sh"));
  CHECK_THAT(error_of(answer("./lost")), Contains("interpreter"));
}

TEST_CASE("several programs run at once and each is reaped by its own slot") {
  scripted x{R"(read -r code; exit "$code")"};
  std::vector<std::jthread> slots;
  std::atomic<int> right = 0;
  for (int code = 1; code <= 8; ++code)
    slots.emplace_back([&, code] {
      for (int i = 0; i < 5; ++i) {
        call own;
        own.work.arg = std::to_string(code) + "\n";
        right += own(x.run) == fail("exit code " + std::to_string(code));
      }
    });
  slots.clear();
  CHECK(right == 40);
}
