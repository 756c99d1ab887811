#include "app/handlers/make_workers.hpp"
#include "app/handlers/plugin_library.hpp"
#include "tests/app/handlers/call.hpp"
#include "tests/app/handlers/scratch_folder.hpp"

#include <catch2/catch.hpp>

using namespace callboard;
using namespace callboard::app;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;

namespace {

using problems = std::vector<config::problem>;

config::settings one_queue(std::map<std::string, config::type_settings> types,
                           const std::string& folder = "/") {
  return {.base_directory = folder,
          .queues = {{.name = "mail", .concurrency = 4, .types = types}}};
}

std::vector<worker_config> workers(const config::settings& from) {
  auto made = make_workers(from);
  if (auto* found = std::get_if<problems>(&made))
    FAIL(found->at(0).message);
  return std::get<std::vector<worker_config>>(made);
}

// The settings of one type, in a file with ${SECRET}.
config::settings settings_of(const std::string& type,
                             const std::string& secret = "hunter2") {
  auto read = config::parse(
      R"({"database": "sqlite:a", "queues": [{"name": "mail", "types": {"t": )"
          + type + "}}]}",
      "/", [&](const std::string&) { return secret; });
  if (auto* found = std::get_if<problems>(&read))
    FAIL(found->at(0).message);
  return std::get<config::settings>(read);
}

problems found_in(const config::settings& from) {
  auto made = make_workers(from);
  REQUIRE(std::holds_alternative<problems>(made));
  return std::get<problems>(made);
}

} // namespace

TEST_CASE("a queue of the config becomes a worker") {
  auto settings
      = one_queue({{"welcome",
                    {config::noop_settings{},
                     {.retry = {.max_attempts = 5}, .timeout = 30s}}},
                   {"broken", {config::fail_settings{.error = "no"}}}});
  settings.queues[0].poll_interval = 200ms;
  auto made = workers(settings);
  REQUIRE(made.size() == 1);
  CHECK(made[0].queue == "mail");
  CHECK(made[0].concurrency == 4);
  CHECK(made[0].poll_interval == 200ms);
  const auto* welcome = made[0].handle.find("welcome");
  REQUIRE(welcome);
  CHECK(welcome->options.retry.max_attempts == 5);
  CHECK(welcome->options.timeout == 30s);
  CHECK(call{}(welcome->function) == complete());
  CHECK(call{}(made[0].handle.find("broken")->function) == fail("no"));
  CHECK_FALSE(made[0].handle.find("other"));
}

TEST_CASE("the type * takes every job that no other type takes") {
  auto made = workers(one_queue(
      {{"a", {config::noop_settings{}}}, {"*", {config::fail_settings{}}}}));
  CHECK(call{}(made[0].handle.find("a")->function) == complete());
  CHECK(call{}(made[0].handle.find("b")->function)
        == fail("failed on purpose"));
  CHECK(made[0].handle.types() == std::vector<std::string>{"a"});
}

TEST_CASE("only programs and requests can't kill the process") {
  auto made = workers(
      one_queue({{"exec", {config::exec_settings{.command = {"/bin/true"}}}},
                 {"http", {config::http_settings{"http://localhost/"}}},
                 {"echo", {config::plugin_settings{.path = GOOD_PLUGIN}}}}));
  CHECK(made[0].handle.find("exec")->isolated());
  CHECK(made[0].handle.find("http")->isolated());
  CHECK_FALSE(made[0].handle.find("echo")->isolated());
  CHECK_FALSE(made[0].handle.isolated());
  auto outside = workers(
      one_queue({{"*", {config::exec_settings{.command = {"/bin/true"}}}}}));
  CHECK(outside[0].handle.isolated());
}

TEST_CASE("a job's timeout is told in its error") {
  scratch_folder folder;
  folder.script("slow.sh", "exec sleep 1000");
  auto made = workers(one_queue(
      {{"slow",
        {config::exec_settings{.command = {"./slow.sh"}}, {.timeout = 90s}}}},
      folder.path()));
  call with;
  with.deadline = std::chrono::steady_clock::now();
  with.timeout = 90s;
  CHECK_THAT(error_of(with(made[0].handle.find("slow")->function)),
             Contains("timed out after 1m30s"));
}

TEST_CASE("every problem of every queue is told with its place") {
  auto settings
      = one_queue({{"exec", {config::exec_settings{.command = {"./absent"}}}},
                   {"a/b~c", {config::plugin_settings{.path = "absent.so"}}},
                   {"abi", {config::plugin_settings{.path = OTHER_ABI_PLUGIN}}},
                   {"fine", {config::noop_settings{}}}});
  settings.queues.push_back(
      {.name = "video", .types = {{"*", {config::http_settings{"ftp://"}}}}});
  auto found = found_in(settings);
  REQUIRE(found.size() == 4);
  CHECK(found[0].pointer == "/queues/0/types/a~1b~0c/plugin");
  CHECK_THAT(found[0].message,
             Contains("queue 'mail', type 'a/b~c'") && Contains("/absent.so"));
  CHECK(found[1].pointer == "/queues/0/types/abi/plugin");
  CHECK_THAT(found[1].message, Contains("ABI version"));
  CHECK(found[2].pointer == "/queues/0/types/exec/exec");
  CHECK_THAT(found[2].message, Contains("'/absent'") && Contains("install it"));
  CHECK(found[3].pointer == "/queues/1/types/*/http");
}

TEST_CASE("a problem of a handler shows a variable by its name") {
  struct sample {
    std::string type;
    std::string shown;
  };
  auto each = GENERATE(values<sample>({
      {R"({"exec": ["./${SECRET}/run"]})", "'./${SECRET}/run' can't"},
      {R"({"exec": {"command": ["no-${SECRET}"]}})", "'no-${SECRET}' is in no"},
      {R"({"exec": {"command": ["true"], "working_directory": "${SECRET}"}})",
       "'${SECRET}' is no folder"},
      {R"({"plugin": {"path": "/opt/${SECRET}.so"}})", "'/opt/${SECRET}.so'"},
      {R"({"http": {"url": "https://a/", "ca_file": "${SECRET}.pem"}})",
       "'${SECRET}.pem'"},
  }));
  auto found = found_in(settings_of(each.type));
  REQUIRE(found.size() == 1);
  CHECK_THAT(found[0].message, Contains(each.shown) && !Contains("hunter2"));
}

TEST_CASE(
    "a program is not shown with the folder of a PATH of the file's own") {
  scratch_folder folder;
  folder.file("tool", "nothing to execute");
  auto found = found_in(settings_of(
      R"({"exec": {"command": ["tool"], "environment": {"PATH": "${SECRET}"}}})",
      folder.path()));
  REQUIRE(found.size() == 1);
  CHECK_THAT(found[0].message,
             Contains("'tool' can't be started") && !Contains(folder.path()));
}

TEST_CASE("the error of a job shows the variables of a url by their names") {
  auto made = workers(settings_of(
      R"({"http": {"url": "http://127.0.0.1:1/nf/${SECRET}?x=${SECRET}"}})"));
  CHECK(call{}(made[0].handle.find("t")->function)
        == fail("POST http://127.0.0.1:1/nf/${SECRET}: no connection"));
}

TEST_CASE("a queue without types is a problem") {
  auto found = found_in(one_queue({}));
  REQUIRE(found.size() == 1);
  CHECK(found[0].pointer == "/queues/0");
}

TEST_CASE("one plugin serves several types and queues") {
  auto plugin = config::plugin_settings{.path = GOOD_PLUGIN};
  auto settings = one_queue({{"complete", {plugin}}, {"echo", {plugin}}});
  settings.queues.push_back({.name = "video", .types = {{"*", {plugin}}}});
  auto made = workers(settings);
  REQUIRE(made.size() == 2);
  CHECK(call{}(made[0].handle.find("complete")->function) == complete());
  CHECK(call{}(made[0].handle.find("echo")->function) == fail(" r1"));
  CHECK(call{}(made[1].handle.find("x")->function)
        == move_to_dlq("unknown type 'welcome' in queue 'mail'"));
}
