#include "tests/support/await_end.hpp"
#include "tests/support/process.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <sstream>

using namespace callboard::test;

namespace {

// What a ward has started: a program and its child.
struct family {
  pid_t program = 0;
  pid_t child = 0;
};

family start(process& ward, const std::string& name) {
  ward.write(name + "\n");
  std::istringstream line{ward.await_line(name + " ")};
  std::string word;
  family all;
  line >> word >> all.program >> all.child;
  REQUIRE(all.program > 1);
  REQUIRE(all.child > 1);
  return all;
}

pid_t guardian_of(process& ward) {
  ward.write("guardian\n");
  return std::stoi(ward.await_line("guardian ").substr(9));
}

bool lives(pid_t process) {
  return ::kill(process, 0) == 0;
}

} // namespace

TEST_CASE("programs and their children die with a process that is killed") {
  process ward{{WARD}};
  auto one = start(ward, "one");
  auto two = start(ward, "two");
  auto guardian = guardian_of(ward);
  ward.signal(SIGKILL);
  for (auto each : {one.program, one.child, two.program, two.child, guardian})
    CHECK(await_end(each));
}

TEST_CASE("a program dies with its killed parent even without a guardian") {
  process ward{{WARD, "alone"}};
  auto one = start(ward, "one");
  CHECK(guardian_of(ward) == -1);
  ward.signal(SIGKILL);
  CHECK(await_end(one.program));
  ::kill(one.child, SIGKILL);
}

TEST_CASE("a guardian that was killed is replaced and told of all programs") {
  process ward{{WARD}};
  auto one = start(ward, "one");
  auto first = guardian_of(ward);
  ::kill(first, SIGKILL);
  REQUIRE(await_end(first));
  auto two = start(ward, "two");
  auto second = guardian_of(ward);
  CHECK(second != first);
  ward.signal(SIGKILL);
  for (auto each : {one.program, one.child, two.program, two.child, second})
    CHECK(await_end(each));
}

TEST_CASE("a guardian outlives the signals of a service manager, and ends with "
          "its ward") {
  process ward{{WARD}};
  auto one = start(ward, "one");
  auto guardian = guardian_of(ward);
  for (auto number : {SIGTERM, SIGINT, SIGHUP})
    ::kill(guardian, number);
  auto two = start(ward, "two");
  CHECK(guardian_of(ward) == guardian);
  CHECK(ward.wait() == 0);
  for (auto each : {guardian, one.program, one.child, two.program, two.child})
    CHECK(await_end(each));
}

TEST_CASE("a guardian leaves a group alone that was reaped") {
  process ward{{WARD}};
  auto one = start(ward, "one");
  guardian_of(ward);
  ward.write("reap\n");
  CHECK(ward.await_line("reaped") == "reaped: killed by SIGKILL");
  CHECK(await_end(one.child));
  CHECK_FALSE(lives(one.program));
  auto two = start(ward, "two");
  CHECK(lives(two.program));
  CHECK(ward.wait() == 0);
}
