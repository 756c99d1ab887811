#include "tests/config/places.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <string>
#include <vector>

namespace callboard {

namespace {

namespace objects = config::objects;

using messages = std::vector<std::string>;

// What may stand in each kind of object.
const std::map<const config::object_info*, std::string> allowed{
    {&objects::file, "database, queues, http, node, log, shutdown_grace"},
    {&objects::database, "url, schema, auto_migrate, connect_timeout, "
                         "statement_timeout, durable, arg_limit"},
    {&objects::queue,
     "name, concurrency, poll_interval, isolation, timeout, retry, types, "
     "performers"},
    {&objects::performers, "max_attempts, timeout"},
    {&objects::isolation, "mode, memory, cpu_time, recycle_after, kill_after"},
    {&objects::type,
     "exec, http, plugin, noop, sleep, echo, fail, timeout, retry"},
    {&objects::retry, "max_attempts, backoff, first, limit, jitter"},
    {&objects::exec,
     "command, working_directory, environment, kill_after, error_tail"},
    {&objects::http, "url, headers, ca_file"},
    {&objects::plugin, "path"},
    {&objects::noop, ""},
    {&objects::sleep, "time"},
    {&objects::echo, ""},
    {&objects::fail, "error, times"},
    {&objects::listener, "listen"},
    {&objects::node, "name, hung_grace, heartbeat, reclaim_interval, "
                     "silence_limit, max_crashes, settle_connections, join, "
                     "listen, "
                     "advertise, tls, allow, silence, plaintext"},
    {&objects::tls, "certificate, key, ca"},
    {&objects::allow, "name, may"},
    {&objects::log, "level, format"},
};

} // namespace

TEST_CASE("an unknown key of any object is a problem that lists the known "
          "ones") {
  REQUIRE(allowed.size() == config::all_objects().size());
  for (auto& where : tests::places()) {
    CAPTURE(where.info->name);
    auto& list = allowed.at(where.info);
    CHECK(tests::problems_of(where.with("zzz", "1"))
          == messages{where.pointer + "/zzz: unknown key; "
                      + (list.empty() ? "No keys are allowed here"
                                      : "Allowed here: " + list)});
  }
}

TEST_CASE("a key that was mistyped is named") {
  CHECK(tests::problems_of(
            tests::place_of(objects::queue).with("concurency", "4"))
        == messages{"/queues/0/concurency: unknown key; did you mean "
                    "'concurrency'? Allowed here: "
                    + allowed.at(&objects::queue)});
  CHECK(tests::problems_of(tests::place_of(objects::file).with("Queues", "[]"))
        == messages{"/Queues: unknown key; did you mean 'queues'? Allowed "
                    "here: "
                    + allowed.at(&objects::file)});
}

TEST_CASE("what a later version offers is refused, not swallowed") {
  auto& node = tests::place_of(objects::node);
  const std::string later = ": is not offered yet; leave it out (nodes that "
                            "share a database already work together)";
  CHECK(tests::problems_of(node.with("peers", "[]"))
        == messages{"/node/peers" + later});
}

TEST_CASE("a key that must be there is missed") {
  struct row {
    const config::object_info* object;
    std::string key;
    std::string expected;
  };
  const std::vector<row> rows{
      {&objects::file, "database", "a string or an object"},
      {&objects::database, "url", "a string"},
      {&objects::queue, "name", "a string"},
      {&objects::queue, "types", "an object"},
      {&objects::exec, "command", "a list of strings"},
      {&objects::http, "url", "a string"},
      {&objects::plugin, "path", "a string"},
      {&objects::listener, "listen", "a string"},
      {&objects::tls, "certificate", "a string"},
      {&objects::tls, "key", "a string"},
      {&objects::tls, "ca", "a string"},
      {&objects::allow, "name", "a string"},
      {&objects::allow, "may", "a list of strings"},
  };
  std::size_t required = 0;
  for (auto object : config::all_objects())
    for (auto& key : object->keys)
      required += key.fallback == "required" ? 1 : 0;
  // `types` has a stand-in.
  CHECK(rows.size() == required + 1);
  for (auto& x : rows) {
    auto& where = tests::place_of(*x.object);
    CAPTURE(x.object->name, x.key);
    CHECK(tests::problems_of(where.without(x.key))
          == messages{where.pointer + "/" + x.key + ": is missing; it must be "
                      + x.expected});
  }
}

TEST_CASE("nothing else must be there") {
  for (auto& where : tests::places()) {
    CAPTURE(where.info->name);
    CHECK(std::holds_alternative<config::settings>(
        tests::parsed(where.without())));
  }
}

TEST_CASE("a type has exactly one handler") {
  auto& queue = tests::place_of(objects::queue);
  auto fault = [&](const std::string& type) {
    return tests::problems_of(queue.with("types", "{\"a\": " + type + "}"));
  };
  CHECK(fault(R"({"timeout": "1s"})")
        == messages{"/queues/0/types/a: has no handler; it must have one of "
                    "exec, http, plugin, noop, sleep, echo, fail"});
  CHECK(fault(R"({"fail": {}, "noop": {}, "echo": {}})")
        == messages{"/queues/0/types/a: has 3 handlers (noop, echo, fail); "
                    "keep one"});
}

TEST_CASE("a key that stands twice is a problem, in every object") {
  CHECK(tests::problems_of(
            R"({"database": "sqlite:a", "log": {}, "queues": [
                {"name": "a", "types": {"t": {"noop": {}},
                                        "t": {"echo": {}}}}],
                "log": {"level": "info", "level": "error"}})")
        == messages{"/queues/0/types/t: stands twice in this object; keep one",
                    "/log: stands twice in this object; keep one",
                    "/log/level: stands twice in this object; keep one"});
  auto& exec = tests::place_of(objects::exec);
  CHECK(tests::problems_of(exec.with("environment", R"({"A": "", "A": ""})"))
        == messages{exec.pointer
                    + "/environment/A: stands twice in this object; keep "
                      "one"});
}

TEST_CASE("all problems are reported, in the order of the file") {
  CHECK(tests::problems_of(R"({
          "log": {"level": 1},
          "extra": {"level": 1},
          "queues": [{"concurrency": 0}, {"name": "b", "types": {"t": {}}}],
          "database": {"schema": 5}})")
        == messages{
            "/log/level: must be \"debug\", \"info\", \"warning\" or "
            "\"error\", not a number",
            "/extra: unknown key; Allowed here: " + allowed.at(&objects::file),
            "/queues/0/name: is missing; it must be a string",
            "/queues/0/types: is missing; it must be an object",
            "/queues/0/concurrency: must be at least 1, not 0",
            "/queues/1/types/t: has no handler; it must have one of exec, "
            "http, plugin, noop, sleep, echo, fail",
            "/database/url: is missing; it must be a string",
            "/database/schema: must be a string, not a number"});
}

} // namespace callboard
