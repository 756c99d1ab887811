#include "actors/process/program_end.hpp"
#include "actors/process/spawn.hpp"
#include "actors/process/unique_fd.hpp"
#include "tests/support/await_end.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <string>

using namespace callboard::actors;

namespace {

// What a shell script says when it is started by us.
struct script {
  explicit script(const std::string& body) {
    start.arguments = {"sh", "-c", body};
  }

  std::string say() {
    unique_fd said{::memfd_create("said", MFD_CLOEXEC)};
    start.descriptors = {-1, said.get(), said.get()};
    auto made = spawn(start);
    REQUIRE(made.pid > 0);
    end = reap(made.pid);
    std::array<char, 4096> text;
    auto count = ::pread(said.get(), text.data(), text.size(), 0);
    return {text.data(), static_cast<std::size_t>(std::max<long>(count, 0))};
  }

  program_start start{.path = "/bin/sh", .arguments = {}};
  program_end end;
};

} // namespace

TEST_CASE("a program that can't be started leaves an error and no child") {
  CHECK(spawn({.path = "/no/such", .arguments = {"x"}}).error == ENOENT);
  CHECK(spawn({.path = "/etc", .arguments = {"x"}}).error == EACCES);
  CHECK(spawn({.path = "/bin/sh", .arguments = {"x"}, .directory = "/no"}).error
        == ENOENT);
  CHECK(spawn({.path = "/no/such", .arguments = {"x"}}).pid == -1);
  errno = 0;
  CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);
  CHECK(errno == ECHILD);
}

TEST_CASE("a program gets the descriptors that it is given and no other") {
  unique_fd other{::open("/dev/null", O_RDONLY)};
  script x{"ls /proc/self/fd"};
  // ls itself opens the folder.
  CHECK(x.say() == "0\n1\n2\n3\n");
}

TEST_CASE("descriptors may be given in any order") {
  unique_fd a{::memfd_create("a", MFD_CLOEXEC)};
  script x{"echo to one >&1; echo to four >&4; echo to three >&3"};
  std::array<unique_fd, 5> files;
  for (auto& each : files)
    each.reset(::memfd_create("file", MFD_CLOEXEC));
  // Those that stand on each other's places.
  x.start.descriptors
      = {files[4].get(), files[0].get(), -1, files[1].get(), files[0].get()};
  auto made = spawn(x.start);
  REQUIRE(made.pid > 0);
  CHECK(to_string(reap(made.pid)) == "exit code 0");
  auto text_of = [](const unique_fd& file) {
    std::array<char, 64> text;
    auto count = ::pread(file.get(), text.data(), text.size(), 0);
    return std::string{text.data(), static_cast<std::size_t>(count)};
  };
  CHECK(text_of(files[0]) == "to one\nto four\n");
  CHECK(text_of(files[1]) == "to three\n");
}

TEST_CASE("a program has no blocked or ignored signal of ours") {
  ::signal(SIGUSR1, SIG_IGN);
  sigset_t some;
  sigset_t before;
  sigemptyset(&some);
  sigaddset(&some, SIGUSR2);
  ::pthread_sigmask(SIG_BLOCK, &some, &before);
  auto said = script{"exec grep -E 'SigBlk|SigIgn' /proc/self/status"}.say();
  sigset_t after;
  ::pthread_sigmask(SIG_SETMASK, &before, &after);
  ::signal(SIGUSR1, SIG_DFL);
  CHECK(said == "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
  CHECK(sigismember(&after, SIGUSR2) == 1);
  CHECK(sigismember(&after, SIGUSR1) == 0);
}

TEST_CASE("a program may ignore signals from its first instruction") {
  script x{"exec grep SigIgn /proc/self/status"};
  x.start.ignores = {SIGHUP, SIGTERM};
  CHECK(x.say() == "SigIgn:\t0000000000004001\n");
}

TEST_CASE("a program begins in the folder and environment that it is given") {
  script x{"pwd; env | grep -v -E '^(PWD|SHLVL|OLDPWD|_)='"};
  x.start.directory = "/usr";
  x.start.environment = {"ONE=1"};
  CHECK(x.say() == "/usr\nONE=1\n");
}

TEST_CASE("the end of a program is told in words") {
  auto end_of = [](const std::string& body) {
    script x{body};
    x.say();
    return to_string(x.end);
  };
  CHECK(end_of("exit 3") == "exit code 3");
  CHECK(end_of("kill -KILL $$") == "killed by SIGKILL");
  CHECK_THAT(end_of("kill -SEGV $$"), Catch::StartsWith("killed by SIGSEGV"));
}

TEST_CASE("what is left of a program's group ends when it is reaped") {
  script x{"sleep 1000 & echo $!"};
  auto child = std::stoi(x.say());
  CHECK(callboard::test::await_end(child));
}

TEST_CASE("starting programs leaves no descriptor open") {
  auto count = [] {
    return std::distance(std::filesystem::directory_iterator{"/proc/self/fd"},
                         {});
  };
  auto before = count();
  for (int i = 0; i < 20; ++i)
    script{"true"}.say();
  (void)spawn({.path = "/no/such", .arguments = {"x"}});
  CHECK(count() == before);
}
