#include "config/keys.hpp"
#include "tests/config/describe.hpp"
#include "tests/config/places.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace callboard {

TEST_CASE("a default that is written out changes nothing") {
  int checked = 0;
  for (auto& where : tests::places())
    for (auto& key : where.info->keys) {
      if (!key.has_default())
        continue;
      CAPTURE(where.info->name, key.name);
      auto written
          = where.with(std::string{key.name}, std::string{key.fallback});
      CHECK(tests::describe(tests::settings_of(written))
            == tests::describe(tests::settings_of(where.without())));
      ++checked;
    }
  CHECK(checked > 25);
}

TEST_CASE("the defaults of the file are those of the library") {
  auto all = tests::settings_of(R"({"database": "sqlite:/a.db"})");
  config::settings library;
  library.base_directory = "/base";
  library.database_url = "sqlite:/a.db";
  CHECK(tests::describe(all) == tests::describe(library));
}

TEST_CASE("a type takes over what its queue says, key by key") {
  auto all = tests::settings_of(R"({"database": "sqlite:a", "queues": [{
      "name": "q", "timeout": "7s",
      "retry": {"max_attempts": 3, "first": "2s", "backoff": "linear"},
      "types": {"same": {"noop": {}},
                "own": {"noop": {}, "timeout": "0s",
                        "retry": {"first": "5s", "jitter": 1}}}}]})");
  auto& types = all.queues.at(0).types;
  auto& same = types.at("same").options;
  CHECK(same.timeout == std::chrono::seconds{7});
  CHECK(same.retry.max_attempts == 3);
  CHECK(same.retry.wait.first == std::chrono::seconds{2});
  CHECK(same.retry.wait.shape == backoff::kind::linear);
  auto& own = types.at("own").options;
  CHECK(own.timeout == duration::zero());
  CHECK(own.retry.max_attempts == 3);
  CHECK(own.retry.wait.first == std::chrono::seconds{5});
  CHECK(own.retry.wait.shape == backoff::kind::linear);
  CHECK(own.retry.wait.jitter == 1);
  CHECK(own.retry.wait.limit == std::chrono::minutes{10});
}

TEST_CASE("isolation is a word or an object, and both may turn it off") {
  auto& queue = tests::place_of(config::objects::queue);
  auto isolation = [&](const std::string& value) {
    return tests::settings_of(queue.with("isolation", value))
        .queues.at(0)
        .isolation;
  };
  CHECK_FALSE(isolation(R"("none")"));
  CHECK_FALSE(isolation(R"({"mode": "none", "memory": "64MiB"})"));
  REQUIRE(isolation(R"("process")"));
  CHECK(isolation(R"("process")")->kill_after == std::chrono::seconds{5});
  CHECK(isolation(R"("process")")->memory == 0);
  REQUIRE(isolation(R"({"memory": "64MiB"})"));
  CHECK(isolation(R"({"memory": "64MiB"})")->memory == 64 << 20);
}

TEST_CASE("every value that differs from its default arrives") {
  auto all = tests::settings_of(R"({
      "database": {"url": "postgresql://localhost/shop", "schema": "jobs",
                   "auto_migrate": false, "connect_timeout": "2s",
                   "statement_timeout": "1m", "durable": false,
                   "arg_limit": 1024},
      "queues": [{"name": "q", "concurrency": 10000, "poll_interval": "5ms",
        "isolation": {"memory": "32MiB", "cpu_time": "2s",
                      "recycle_after": 9, "kill_after": "0s"},
        "types": {
          "a": {"exec": {"command": ["p", "", "x y"],
                         "working_directory": "sub", "environment": {"A": "1"},
                         "kill_after": "0s", "error_tail": 0}},
          "b": {"http": {"url": "https://h/x?y#z", "headers": {"X-A": "ä\t1"},
                         "ca_file": "/ca.pem"}},
          "c": {"plugin": {"path": "./p.so"}},
          "d": {"sleep": {"time": "3s"}},
          "e": {"fail": {"error": "no", "times": 2}},
          "*": {"exec": ["/bin/true"], "retry": {"max_attempts": 0,
                "backoff": "fixed", "first": "0s", "limit": "0s",
                "jitter": 0}}}}],
      "http": {"listen": "[::1]:80"},
      "node": {"name": "n", "hung_grace": "7s", "heartbeat": "2s", "reclaim_interval": "3s",
               "silence_limit": "4s", "max_crashes": 5,
               "settle_connections": 6},
      "log": {"level": "debug", "format": "json"},
      "shutdown_grace": "0s"})");
  CHECK(tests::describe(all) == R"(base_directory: /base
database: postgresql://localhost/shop
schema: jobs
auto_migrate: 0
must_exist: 0
connect_timeout: 2s
statement_timeout: 1m
durable: 0
arg_limit: 1024
queue: q
concurrency: 10000
poll_interval: 5ms
memory: 33554432
cpu_time: 2s
recycle_after: 9
process kill_after: 0s
type: *
exec: [/bin/true]
working_directory: 
kill_after: 5s
error_tail: 4096
timeout: 0s
max_attempts: 0
backoff: 0
first: 0s
limit: 0s
jitter: 0
type: a
exec: [p] [] [x y]
working_directory: /base/sub
environment A=1
kill_after: 0s
error_tail: 0
timeout: 0s
max_attempts: 25
backoff: 2
first: 1s
limit: 10m
jitter: 0.1
type: b
http: https://h/x?y#z
header X-A: ä	1
ca_file: /ca.pem
timeout: 0s
max_attempts: 25
backoff: 2
first: 1s
limit: 10m
jitter: 0.1
type: c
plugin: ./p.so
timeout: 0s
max_attempts: 25
backoff: 2
first: 1s
limit: 10m
jitter: 0.1
type: d
sleep: 3s
timeout: 0s
max_attempts: 25
backoff: 2
first: 1s
limit: 10m
jitter: 0.1
type: e
fail: no
times: 2
timeout: 0s
max_attempts: 25
backoff: 2
first: 1s
limit: 10m
jitter: 0.1
listen: ::1 80
level: 0
format: 1
node: n
shutdown_grace: 0s
hung_grace: 7s
heartbeat: 2s
reclaim_interval: 3s
silence_limit: 4s
max_crashes: 5
settle_connections: 6
)");
}

TEST_CASE("the words of a choice are its values, in order") {
  auto& log = tests::place_of(config::objects::log);
  auto level = [&](const std::string& word) {
    return tests::settings_of(log.with("level", word)).log.level;
  };
  CHECK(level(R"("debug")") == log_level::debug);
  CHECK(level(R"("info")") == log_level::info);
  CHECK(level(R"("warning")") == log_level::warning);
  CHECK(level(R"("error")") == log_level::error);
  auto format = [&](const std::string& word) {
    return tests::settings_of(log.with("format", word)).log.format;
  };
  CHECK(format(R"("text")") == config::log_format::text);
  CHECK(format(R"("json")") == config::log_format::json);
  auto& retry = tests::place_of(config::objects::retry);
  auto shape = [&](const std::string& word) {
    auto all = tests::settings_of(retry.with("backoff", word));
    return all.queues.at(0).types.at("welcome").options.retry.wait.shape;
  };
  CHECK(shape(R"("fixed")") == backoff::kind::fixed);
  CHECK(shape(R"("linear")") == backoff::kind::linear);
  CHECK(shape(R"("exponential")") == backoff::kind::exponential);
}

} // namespace callboard
