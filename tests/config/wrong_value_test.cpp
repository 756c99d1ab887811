#include "tests/config/places.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace callboard {

namespace {

namespace objects = config::objects;

using messages = std::vector<std::string>;

// A key, a value that it can't have, and what is said about it.
struct row {
  const config::object_info* object;
  std::string key;
  std::string value;
  std::string message;
};

std::string text(std::size_t length) {
  return "\"" + std::string(length, 'x') + "\"";
}

std::string long_text(std::size_t length, std::size_t most) {
  return "has " + std::to_string(length) + " bytes; at most "
         + std::to_string(most) + " are allowed";
}

} // namespace

TEST_CASE("numbers, spans and sizes have bounds") {
  auto x = GENERATE(values<row>({
      {&objects::file, "shutdown_grace", R"("8d")",
       "must be at most 7d, not '8d'"},
      {&objects::file, "shutdown_grace", R"("-1s")",
       "'-1s' is no duration: write whole numbers with units, such as 500ms or "
       "1h30m"},
      {&objects::database, "connect_timeout", R"("0s")",
       "must be at least 1ms, not '0s'"},
      {&objects::database, "connect_timeout", R"("61m")",
       "must be at most 1h, not '61m'"},
      {&objects::database, "statement_timeout", R"("999us")",
       "must be at least 1ms, not '999us'"},
      {&objects::database, "statement_timeout", R"("25h")",
       "must be at most 1d, not '25h'"},
      {&objects::database, "arg_limit", "0", "must be at least 1B, not 0"},
      {&objects::database, "arg_limit", R"("0KiB")",
       "must be at least 1B, not '0KiB'"},
      {&objects::database, "arg_limit", R"("513MiB")",
       "must be at most 512MiB, not '513MiB'"},
      {&objects::database, "arg_limit", R"("16MB")",
       "'16MB' has an unknown unit 'MB': allowed are B, KiB, MiB and GiB"},
      {&objects::isolation, "memory", R"("15MiB")",
       "must be at least 16MiB, not '15MiB'"},
      {&objects::isolation, "memory", R"("1025GiB")",
       "must be at most 1024GiB, not '1025GiB'"},
      {&objects::isolation, "cpu_time", R"("999ms")",
       "must be at least 1s, not '999ms'"},
      {&objects::isolation, "cpu_time", R"("366d")",
       "must be at most 365d, not '366d'"},
      {&objects::isolation, "recycle_after", "0", "must be at least 1, not 0"},
      {&objects::isolation, "kill_after", R"("61m")",
       "must be at most 1h, not '61m'"},
      {&objects::queue, "concurrency", "0", "must be at least 1, not 0"},
      {&objects::queue, "concurrency", "-3", "must be at least 1, not -3"},
      {&objects::queue, "concurrency", "10001",
       "must be at most 10000, not 10001"},
      {&objects::queue, "concurrency", "9223372036854775807",
       "must be at most 10000, not 9223372036854775807"},
      {&objects::queue, "poll_interval", R"("0ms")",
       "must be at least 1ms, not '0ms'"},
      {&objects::queue, "poll_interval", R"("2d")",
       "must be at most 1d, not '2d'"},
      {&objects::queue, "poll_interval", R"("500")",
       "'500' has no unit: allowed are d, h, m, s, ms and us, such as 10s"},
      {&objects::queue, "timeout", R"("366d")",
       "must be at most 365d, not '366d'"},
      {&objects::type, "timeout", R"("366d")",
       "must be at most 365d, not '366d'"},
      {&objects::retry, "max_attempts", "-1", "must be at least 0, not -1"},
      {&objects::retry, "max_attempts", "2147483648",
       "must be at most 2147483647, not 2147483648"},
      {&objects::retry, "first", R"("366d")",
       "must be at most 365d, not '366d'"},
      {&objects::retry, "limit", R"("366d")",
       "must be at most 365d, not '366d'"},
      {&objects::retry, "jitter", "-0.5", "must be at least 0, not -0.5"},
      {&objects::retry, "jitter", "1.5", "must be at most 1, not 1.5"},
      {&objects::retry, "jitter", "2", "must be at most 1, not 2"},
      {&objects::exec, "kill_after", R"("61m")",
       "must be at most 1h, not '61m'"},
      {&objects::exec, "error_tail", "-1", "must be at least 0B, not -1"},
      {&objects::exec, "error_tail", R"("9KiB")",
       "must be at most 8KiB, not '9KiB'"},
      {&objects::sleep, "time", R"("366d")",
       "must be at most 365d, not '366d'"},
      {&objects::fail, "times", "0", "must be at least 1, not 0"},
      {&objects::fail, "times", "2147483648",
       "must be at most 2147483647, not 2147483648"},
      {&objects::node, "hung_grace", R"("61m")",
       "must be at most 1h, not '61m'"},
      {&objects::node, "heartbeat", R"("9ms")",
       "must be at least 10ms, not '9ms'"},
      {&objects::node, "heartbeat", R"("61m")",
       "must be at most 1h, not '61m'"},
      {&objects::node, "reclaim_interval", R"("9ms")",
       "must be at least 10ms, not '9ms'"},
      {&objects::node, "reclaim_interval", R"("61m")",
       "must be at most 1h, not '61m'"},
      {&objects::node, "silence_limit", R"("25h")",
       "must be at most 1d, not '25h'"},
      {&objects::node, "silence_limit", R"("99ms")",
       "must be at least 100ms, not '99ms'"},
      {&objects::node, "max_crashes", "0", "must be at least 1, not 0"},
      {&objects::node, "max_crashes", "1001", "must be at most 1000, not 1001"},
      {&objects::node, "settle_connections", "0", "must be at least 1, not 0"},
      {&objects::node, "settle_connections", "65",
       "must be at most 64, not 65"},
  }));
  auto& where = tests::place_of(*x.object);
  CAPTURE(x.object->name, x.key, x.value);
  CHECK(tests::problems_of(where.with(x.key, x.value))
        == messages{where.pointer + "/" + x.key + ": " + x.message});
}

TEST_CASE("texts have bounds, too") {
  const std::string empty = "must not be empty";
  auto x = GENERATE_COPY(values<row>({
      {&objects::database, "url", "\"\"", empty},
      {&objects::database, "schema", text(64), long_text(64, 63)},
      {&objects::queue, "name", "\"\"", empty},
      {&objects::queue, "name", text(256), long_text(256, 255)},
      {&objects::queue, "name", R"("a\u0000b")",
       "must be UTF-8 text without NUL"},
      {&objects::exec, "working_directory", "\"\"", empty},
      {&objects::http, "url", "\"\"", empty},
      {&objects::http, "ca_file", "\"\"", empty},
      {&objects::plugin, "path", "\"\"", empty},
      {&objects::plugin, "path", R"("a\u0000b")",
       "must be UTF-8 text without NUL"},
      {&objects::fail, "error", "\"\"", empty},
      {&objects::fail, "error", text(8193), long_text(8193, 8192)},
      {&objects::listener, "listen", "\"\"", empty},
      {&objects::node, "name", text(256), long_text(256, 255)},
  }));
  auto& where = tests::place_of(*x.object);
  CAPTURE(x.object->name, x.key, x.value);
  CHECK(tests::problems_of(where.with(x.key, x.value))
        == messages{where.pointer + "/" + x.key + ": " + x.message});
}

TEST_CASE("a choice is one of its words") {
  CHECK(tests::problems_of(
            tests::place_of(objects::log).with("level", R"("warn")"))
        == messages{R"(/log/level: must be "debug", "info", "warning" or )"
                    R"("error", not 'warn')"});
  CHECK(tests::problems_of(
            tests::place_of(objects::log).with("format", R"("JSON")"))
        == messages{R"(/log/format: must be "text" or "json", not 'JSON')"});
  CHECK(tests::problems_of(
            tests::place_of(objects::queue).with("isolation", R"("thread")"))
        == messages{R"(/queues/0/isolation: must be "none" or "process", )"
                    "not 'thread'"});
  CHECK(
      tests::problems_of(
          tests::place_of(objects::retry).with("backoff", R"("random")"))
      == messages{R"(/queues/0/types/welcome/retry/backoff: must be "fixed", )"
                  R"("linear" or "exponential", not 'random')"});
}

TEST_CASE("an endpoint is a host and a port") {
  auto wrong = GENERATE(as<std::string>{}, "8910", ":8910", "localhost",
                        "localhost:", "localhost:x", "localhost:65536",
                        "localhost:-1", "::1:80", "[::1]", "[]:80",
                        "http://localhost:80", "a b:80", "[[::1]]:80");
  auto& where = tests::place_of(objects::listener);
  CHECK(tests::problems_of(where.with("listen", "\"" + wrong + "\""))
        == messages{"/http/listen: must be host:port, such as "
                    "\"127.0.0.1:8910\", not '"
                    + wrong + "'"});
}

TEST_CASE("an endpoint takes names, addresses of both kinds, and port 0") {
  struct good {
    std::string text;
    std::string host;
    int port;
  };
  auto x = GENERATE(values<good>({{"127.0.0.1:8910", "127.0.0.1", 8910},
                                  {"localhost:0", "localhost", 0},
                                  {"[::1]:65535", "::1", 65535}}));
  auto& where = tests::place_of(objects::listener);
  auto all = tests::settings_of(where.with("listen", "\"" + x.text + "\""));
  REQUIRE(all.http);
  CHECK(all.http->host == x.host);
  CHECK(all.http->port == x.port);
}

TEST_CASE("an http handler needs a URL of http or https") {
  auto wrong = GENERATE(as<std::string>{}, "localhost", "ftp://localhost/",
                        "http://", "http:///path", "https://:80/",
                        "http://a b/", "HTTP:localhost", "http://?x");
  auto& where = tests::place_of(objects::http);
  CHECK(tests::problems_of(where.with("url", "\"" + wrong + "\""))
        == messages{where.pointer
                    + "/url: must be http://HOST/... or https://HOST/..., "
                      "without blanks"});
}

TEST_CASE("headers have tokens for names and one line for values") {
  auto& where = tests::place_of(objects::http);
  auto headers = where.pointer + "/headers/";
  auto fault = [&](const std::string& map) {
    return tests::problems_of(where.with("headers", map));
  };
  const std::string name = ": is no name of a header; allowed are letters, "
                           "digits and !#$%&'*+-.^_`|~";
  CHECK(fault(R"({"a b": "x", "": "x", "ä": "x"})")
        == messages{headers + "a b" + name, headers + name,
                    headers + "ä" + name});
  CHECK(fault(R"({"A": "x\r\nB: y"})")
        == messages{headers
                    + "A: a header must stand on one line, without control "
                      "characters"});
  for (std::string own : {"Callboard-Job-Id", "X-REQUEST-ID", "Content-Length",
                          "transfer-encoding"})
    CHECK(fault("{\"" + own + "\": \"x\"}")
          == messages{headers + own
                      + ": this header is set by Callboard; leave it out"});
}

TEST_CASE("an exec handler needs a program and sound variables") {
  auto& where = tests::place_of(objects::exec);
  auto exec = where.pointer;
  CHECK(tests::problems_of(where.with("command", "[]"))
        == messages{exec + "/command: must name a program"});
  CHECK(tests::problems_of(where.with("command", R"(["", "x"])"))
        == messages{exec + "/command/0: must name a program"});
  CHECK(tests::problems_of(tests::place_of(objects::type).with("exec", "[]"))
        == messages{exec + ": must name a program"});
  const std::string impossible
      = ": no environment variable can have this name; it must not be empty "
        "or hold '=' or NUL";
  CHECK(
      tests::problems_of(where.with("environment", R"({"": "x", "A=B": "x"})"))
      == messages{exec + "/environment/" + impossible,
                  exec + "/environment/A=B" + impossible});
  CHECK(tests::problems_of(
            where.with("environment", R"({"CALLBOARD_QUEUE": "x"})"))
        == messages{exec
                    + "/environment/CALLBOARD_QUEUE: variables that begin with "
                      "CALLBOARD_ are set by Callboard; choose another name"});
}

TEST_CASE("types have names that can be stored") {
  auto& where = tests::place_of(objects::queue);
  auto fault = [&](const std::string& name) {
    return tests::problems_of(
        where.with("types", "{\"" + name + "\": {\"noop\": {}}}"));
  };
  CHECK(fault("") == messages{"/queues/0/types/: a type must have a name"});
  auto name256 = std::string(256, 'n');
  CHECK(fault(name256)
        == messages{"/queues/0/types/" + name256
                    + ": the name of the type has 256 bytes; at most 255 are "
                      "allowed"});
  CHECK(fault(R"(a\u0000b)")
        == messages{std::string{"/queues/0/types/a\0b", 19}
                    + ": the name of the type must not hold NUL"});
  CHECK(tests::problems_of(where.with("types", "{}"))
        == messages{"/queues/0/types: has no types; name at least one, or "
                    "\"*\" for all"});
}

} // namespace callboard
