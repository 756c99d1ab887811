#include "tests/config/places.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace callboard {

namespace {

namespace objects = config::objects;

// A key, which kinds of JSON it takes (s: strings, b: booleans, n: numbers, l:
// lists, o: objects), and what the others are told.
struct row {
  const config::object_info* object;
  std::string key;
  std::string kinds;
  std::string expected;
};

const std::string a_duration = R"(a duration such as "500ms" or "1h30m")";
const std::string a_size = R"(a size such as "16MiB", or a number of bytes)";

const std::vector<row>& rows() {
  static const std::vector<row> all{
      {&objects::file, "database", "so", "a string or an object"},
      {&objects::file, "queues", "l", "a list of objects"},
      {&objects::file, "http", "o", "an object"},
      {&objects::file, "node", "o", "an object"},
      {&objects::file, "log", "o", "an object"},
      {&objects::file, "shutdown_grace", "s", a_duration},
      {&objects::database, "url", "s", "a string"},
      {&objects::database, "schema", "s", "a string"},
      {&objects::database, "auto_migrate", "b", "true or false"},
      {&objects::database, "connect_timeout", "s", a_duration},
      {&objects::database, "statement_timeout", "s", a_duration},
      {&objects::database, "durable", "b", "true or false"},
      {&objects::database, "arg_limit", "sn", a_size},
      {&objects::queue, "name", "s", "a string"},
      {&objects::queue, "concurrency", "n", "an integer from 1 to 10000"},
      {&objects::queue, "poll_interval", "s", a_duration},
      {&objects::queue, "isolation", "so", "a string or an object"},
      {&objects::isolation, "mode", "s", R"("none" or "process")"},
      {&objects::isolation, "memory", "sn", a_size},
      {&objects::isolation, "cpu_time", "s", a_duration},
      {&objects::isolation, "recycle_after", "n",
       "an integer from 1 to 2147483647"},
      {&objects::isolation, "kill_after", "s", a_duration},
      {&objects::queue, "timeout", "s", a_duration},
      {&objects::queue, "retry", "o", "an object"},
      {&objects::queue, "types", "o", "an object"},
      {&objects::queue, "performers", "o", "an object"},
      {&objects::performers, "max_attempts", "n",
       "an integer from 0 to 2147483647"},
      {&objects::performers, "timeout", "s", a_duration},
      {&objects::type, "exec", "lo", "a list of strings or an object"},
      {&objects::type, "http", "o", "an object"},
      {&objects::type, "plugin", "o", "an object"},
      {&objects::type, "noop", "o", "an object"},
      {&objects::type, "sleep", "o", "an object"},
      {&objects::type, "echo", "o", "an object"},
      {&objects::type, "fail", "o", "an object"},
      {&objects::type, "timeout", "s", a_duration},
      {&objects::type, "retry", "o", "an object"},
      {&objects::retry, "max_attempts", "n", "an integer from 0 to 2147483647"},
      {&objects::retry, "backoff", "s",
       R"("fixed", "linear" or "exponential")"},
      {&objects::retry, "first", "s", a_duration},
      {&objects::retry, "limit", "s", a_duration},
      {&objects::retry, "jitter", "n", "a number from 0 to 1"},
      {&objects::exec, "command", "l", "a list of strings"},
      {&objects::exec, "working_directory", "s", "a string"},
      {&objects::exec, "environment", "o", "an object of strings"},
      {&objects::exec, "kill_after", "s", a_duration},
      {&objects::exec, "error_tail", "sn", a_size},
      {&objects::http, "url", "s", "a string"},
      {&objects::http, "headers", "o", "an object of strings"},
      {&objects::http, "ca_file", "s", "a string"},
      {&objects::plugin, "path", "s", "a string"},
      {&objects::sleep, "time", "s", a_duration},
      {&objects::fail, "error", "s", "a string"},
      {&objects::fail, "times", "n", "an integer from 1 to 2147483647"},
      {&objects::listener, "listen", "s", "a string"},
      {&objects::node, "name", "s", "a string"},
      {&objects::node, "hung_grace", "s", a_duration},
      {&objects::node, "heartbeat", "s", a_duration},
      {&objects::node, "reclaim_interval", "s", a_duration},
      {&objects::node, "silence_limit", "s", a_duration},
      {&objects::node, "max_crashes", "n", "an integer from 1 to 1000"},
      {&objects::node, "settle_connections", "n", "an integer from 1 to 64"},
      {&objects::node, "join", "l", "a list of strings"},
      {&objects::node, "listen", "s", "a string"},
      {&objects::node, "advertise", "s", "a string"},
      {&objects::node, "tls", "o", "an object"},
      {&objects::node, "allow", "l", "a list of objects"},
      {&objects::node, "silence", "s", a_duration},
      {&objects::node, "plaintext", "s", "a string"},
      {&objects::tls, "certificate", "s", "a string"},
      {&objects::tls, "key", "s", "a string"},
      {&objects::tls, "ca", "s", "a string"},
      {&objects::allow, "name", "s", "a string"},
      {&objects::allow, "may", "l", "a list of strings"},
      {&objects::log, "level", "s", R"("debug", "info", "warning" or "error")"},
      {&objects::log, "format", "s", R"("text" or "json")"},
  };
  return all;
}

struct sample {
  char kind;
  std::string text;
  std::string name;
};

const std::vector<sample> samples{
    {'0', "null", "null"},          {'b', "true", "a boolean"},
    {'n', "1", "a number"},         {'n', "0.5", "a number"},
    {'s', R"("text")", "a string"}, {'l', "[]", "a list"},
    {'o', "{}", "an object"},
};

} // namespace

TEST_CASE("the table of this test knows every key") {
  std::set<std::string> here;
  for (auto& x : rows())
    here.insert(std::string{x.object->name} + " " + x.key);
  std::set<std::string> there;
  for (auto object : config::all_objects())
    for (auto& key : object->keys)
      if (key.type != config::value_type::not_offered_yet)
        there.insert(std::string{object->name} + " " + std::string{key.name});
  CHECK(here == there);
}

TEST_CASE("a key refuses every kind of value but its own") {
  for (auto& x : rows()) {
    auto& where = tests::place_of(*x.object);
    for (auto& wrong : samples) {
      if (x.kinds.find(wrong.kind) != std::string::npos)
        continue;
      CAPTURE(x.object->name, x.key, wrong.text);
      CHECK(tests::problems_of(where.with(x.key, wrong.text))
            == std::vector<std::string>{where.pointer + "/" + x.key
                                        + ": must be " + x.expected + ", not "
                                        + wrong.name});
    }
  }
}

TEST_CASE("an integer is not a broken number") {
  for (auto& x : rows()) {
    if (x.expected.find("an integer") == std::string::npos)
      continue;
    auto& where = tests::place_of(*x.object);
    CAPTURE(x.key);
    for (std::string wrong : {"1.5", "1e+300"})
      CHECK(tests::problems_of(where.with(x.key, wrong))
            == std::vector<std::string>{where.pointer + "/" + x.key
                                        + ": must be " + x.expected + ", not "
                                        + wrong});
  }
}

TEST_CASE("a whole number with an exponent is told how to be written") {
  auto& database = tests::place_of(objects::database);
  CHECK(tests::problems_of(database.with("arg_limit", "1e5"))
        == std::vector<std::string>{
            database.pointer
            + "/arg_limit: must be a size such as \"16MiB\", or a number of "
              "bytes, in digits alone: 100000"});
}

TEST_CASE("elements and values of strings must be strings") {
  auto& exec = tests::place_of(objects::exec);
  CHECK(tests::problems_of(exec.with("command", R"(["a", 1, null])"))
        == std::vector<std::string>{
            exec.pointer + "/command/1: must be a string, not a number",
            exec.pointer + "/command/2: must be a string, not null"});
  CHECK(tests::problems_of(exec.with("environment", R"({"A/B": [], "C": 1})"))
        == std::vector<std::string>{
            exec.pointer + "/environment/A~1B: must be a string, not a list",
            exec.pointer + "/environment/C: must be a string, not a number"});
  auto& http = tests::place_of(objects::http);
  CHECK(tests::problems_of(http.with("headers", R"({"X-A": true})"))
        == std::vector<std::string>{
            http.pointer + "/headers/X-A: must be a string, not a boolean"});
}

TEST_CASE("queues and types are objects") {
  CHECK(tests::problems_of(R"({"database": "sqlite:a", "queues": [1]})")
        == std::vector<std::string>{
            "/queues/0: must be an object, not a number"});
  CHECK(tests::problems_of(
            tests::place_of(objects::queue).with("types", R"({"a": "b"})"))
        == std::vector<std::string>{
            "/queues/0/types/a: must be an object, not a string"});
}

TEST_CASE("the file is an object") {
  for (auto& wrong : samples)
    if (wrong.kind != 'o')
      CHECK(tests::problems_of(wrong.text)
            == std::vector<std::string>{": must be an object, not "
                                        + wrong.name});
}

} // namespace callboard
