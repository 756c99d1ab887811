#include "app/cli/job_line.hpp"

#include <catch2/catch.hpp>

using namespace callboard;
using namespace callboard::app;
using namespace std::chrono_literals;

namespace {

const new_job defaults{.queue = "mail", .type = "welcome"};

new_job parsed(std::string_view line) {
  auto job = parse_job_line(line, defaults);
  INFO(line);
  if (!job)
    FAIL(job.error().message);
  return *job;
}

std::string refused(std::string_view line, const new_job& from = defaults) {
  auto job = parse_job_line(line, from);
  INFO(line);
  REQUIRE_FALSE(job.has_value());
  CHECK(job.error().code == errc::invalid_job);
  return job.error().message;
}

} // namespace

TEST_CASE("a line takes what it does not say from the defaults") {
  auto job = parsed("{}");
  CHECK(job.queue == "mail");
  CHECK(job.type == "welcome");
  CHECK(job.arg.empty());
}

TEST_CASE("every key of a line ends in the job") {
  auto job = parsed(R"({"queue": "video", "type": "cut", "arg": "a\u0000b",
    "id": "v1", "delay": "1m30s", "priority": -3, "request_id": "r1",
    "max_attempts": 7})");
  CHECK(job.queue == "video");
  CHECK(job.type == "cut");
  CHECK(job.arg == std::string("a\0b", 3));
  CHECK(job.id == "v1");
  CHECK(job.delay == 90s);
  CHECK(job.priority == -3);
  CHECK(job.request_id == "r1");
  CHECK(job.max_attempts == 7);
  CHECK(parsed(R"({"run_at": "1970-01-01T00:00:01Z"})").run_at
        == time_point{1s});
  CHECK(parsed(R"({"arg_base64": "AP8="})").arg == std::string("\0\xff", 2));
}

TEST_CASE("an arg that is JSON is stored as it stands in the line") {
  CHECK(parsed(R"({"arg": {"user": 42, "share": 1.10}})").arg
        == R"({"user": 42, "share": 1.10})");
  CHECK(parsed(R"({"a\u0072g": 1, "type": "t"})").arg == "1");
  CHECK(parsed(R"({"id":"}", "arg": [1, "]\"}", {"arg": 2}] , "type":"t"})").arg
        == R"([1, "]\"}", {"arg": 2}])");
  CHECK(parsed(R"({"arg":12345678901234567890123})").arg
        == "12345678901234567890123");
  CHECK(parsed(R"({"arg": null })").arg == "null");
  CHECK(parsed(R"({"arg": true})").arg == "true");
}

TEST_CASE("a line that is no object of JSON is refused") {
  CHECK_THAT(refused("nonsense"), Catch::Contains("not JSON"));
  CHECK_THAT(refused("{\"queue\": \"a\""), Catch::Contains("not JSON"));
  CHECK_THAT(refused("[]"), Catch::Contains("not a JSON object"));
  CHECK_THAT(refused("{\"arg\": \"\xff\"}"), Catch::Contains("not JSON"));
  CHECK_THAT(refused("{} {}"), Catch::Contains("not JSON"));
}

TEST_CASE("a line with a key or value that makes no sense is refused") {
  CHECK_THAT(refused(R"({"quue": "mail"})"),
             Catch::StartsWith("\"quue\" is not known")
                 && Catch::Contains("max_attempts"));
  CHECK_THAT(refused(R"({"queue": 1})"), Catch::Contains("must be a string"));
  CHECK_THAT(refused(R"({"priority": 40000})"),
             Catch::Contains("from -32768 to 32767"));
  CHECK_THAT(refused(R"({"priority": 1.5})"), Catch::Contains("whole number"));
  CHECK_THAT(refused(R"({"max_attempts": 0})"), Catch::Contains("from 1 to"));
  CHECK_THAT(refused(R"({"max_attempts": 18446744073709551615})"),
             Catch::Contains("from 1 to"));
  CHECK_THAT(refused(R"({"delay": 10})"), Catch::Contains("with a unit"));
  CHECK_THAT(refused(R"({"delay": "10"})"), Catch::StartsWith("\"delay\""));
  CHECK_THAT(refused(R"({"run_at": "soon"})"),
             Catch::Contains("is not a moment"));
  CHECK_THAT(refused(R"({"arg_base64": "A"})"), Catch::Contains("base64"));
}

TEST_CASE("an id of a line that is empty is not taken for none") {
  CHECK(refused(R"({"id": ""})")
        == "\"id\" must not be empty; leave it out for a new one");
}

TEST_CASE("a key that stands twice in a line is refused") {
  CHECK(refused(R"({"queue": "a", "queue": "b"})")
        == "the key \"queue\" stands twice; leave one out");
  CHECK_THAT(refused(R"({"arg": {"a": "}"}, "a\u0072g": 2})"),
             Catch::Contains("\"arg\" stands twice"));
  // What is in an arg is the handler's.
  CHECK(parsed(R"({ "arg": {"a": 1, "a": 2} })").arg == R"({"a": 1, "a": 2})");
  CHECK(parsed(" { } ").arg.empty());
}

TEST_CASE("keys that contradict each other are refused") {
  CHECK_THAT(refused(R"({"arg": "", "arg_base64": ""})"),
             Catch::Contains("exclude each other"));
  CHECK_THAT(refused(R"({"delay": "1s", "run_at": "1970-01-01T00:00:00Z"})"),
             Catch::Contains("exclude each other"));
}

TEST_CASE("a line without queue or type needs a default") {
  CHECK_THAT(refused("{}", {.queue = "", .type = "t"}),
             Catch::Contains("no queue") && Catch::Contains("-q"));
  CHECK_THAT(refused(R"({"queue": "q"})", {.queue = "", .type = ""}),
             Catch::Contains("no type") && Catch::Contains("-t"));
}
