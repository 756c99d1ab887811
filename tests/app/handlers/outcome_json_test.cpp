#include "app/handlers/outcome_json.hpp"

#include <catch2/catch.hpp>

using namespace callboard;
using namespace callboard::app;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;

namespace {

outcome parsed(const std::string& text) {
  auto answer = parse_outcome(text);
  if (answer.has_error())
    FAIL(answer.error().message);
  return *answer;
}

std::string refused(const std::string& text) {
  auto answer = parse_outcome(text);
  REQUIRE(answer.has_error());
  return answer.error().message;
}

} // namespace

TEST_CASE("every result has its outcome") {
  CHECK(parsed(R"({"result":"complete"})") == complete());
  CHECK(parsed(R"({"result":"fail","error":"x"})") == fail("x"));
  CHECK(parsed(R"({"result":"fail"})") == fail(""));
  CHECK(parsed(R"({"result":"dead","error":"x"})") == move_to_dlq("x"));
  CHECK(parsed(R"({"result":"retry","after":"10s","error":"x"})")
        == retry(10s, "x"));
  CHECK(parsed(R"({"result":"retry"})") == retry(0s, ""));
  CHECK(parsed(R"( {"result":"reschedule", "after":"1h30m"} )")
        == reschedule(by_after(90min)));
  CHECK(parsed(R"({"result":"reschedule","cron":"0 3 * * *"})")
        == reschedule(by_cron("0 3 * * *")));
  CHECK(parsed(
            R"({"result":"reschedule","cron":"@daily","zone":"Europe/Berlin"})")
        == reschedule(by_cron("@daily", "Europe/Berlin")));
}

TEST_CASE("a new arg is the text of a string and the JSON of anything else") {
  auto arg = [](const std::string& json) {
    auto answer
        = parsed(R"({"result":"reschedule","after":"1s","arg":)" + json + "}");
    return *std::get<rescheduled>(answer).arg;
  };
  CHECK(arg(R"("plain \"text\"\u00e4")") == "plain \"text\"\u00e4");
  CHECK(arg(R"("")") == "");
  CHECK(arg(R"({"n": [1, true, null]})") == R"({"n":[1,true,null]})");
  CHECK(arg("42") == "42");
  CHECK(arg("null") == "null");
}

TEST_CASE("what is no outcome is refused with what is wrong") {
  CHECK_THAT(refused(""), Contains("no JSON"));
  CHECK_THAT(refused("{"), Contains("no JSON"));
  CHECK_THAT(refused(R"({"result":"complete"} x)"), Contains("no JSON"));
  CHECK_THAT(refused("{\"result\":\"\xff\"}"), Contains("no JSON"));
  CHECK_THAT(refused("[]"), Contains("object"));
  CHECK_THAT(refused("{}"), Contains("\"result\" is missing"));
  CHECK_THAT(refused(R"({"result":1})"), Contains("must be a string"));
  CHECK_THAT(refused(R"({"result":"ok"})"),
             Contains("\"ok\"") && Contains("reschedule"));
}

TEST_CASE("keys that do not go with the result are refused") {
  CHECK_THAT(refused(R"({"result":"complete","error":"x"})"),
             Contains("\"error\" does not go with the result complete"));
  CHECK_THAT(refused(R"({"result":"fail","after":"1s"})"),
             Contains("\"after\""));
  CHECK_THAT(refused(R"({"result":"retry","arg":"x"})"), Contains("\"arg\""));
  CHECK_THAT(refused(R"({"result":"dead","reason":"x"})"),
             Contains("\"reason\""));
}

TEST_CASE("a reschedule needs exactly one time that makes sense") {
  CHECK_THAT(refused(R"({"result":"reschedule"})"),
             Contains("\"after\" or \"cron\""));
  CHECK_THAT(refused(R"({"result":"reschedule","after":"1s","cron":"@daily"})"),
             Contains("\"after\" or \"cron\""));
  CHECK_THAT(refused(R"({"result":"reschedule","after":"1s","zone":"UTC"})"),
             Contains("\"zone\""));
  CHECK_THAT(refused(R"({"result":"reschedule","after":"soon"})"),
             Contains("\"after\"") && Contains("soon"));
  CHECK_THAT(refused(R"({"result":"reschedule","after":-1})"),
             Contains("must be a string"));
  CHECK_THAT(refused(R"({"result":"reschedule","cron":"every day"})"),
             Contains("\"cron\""));
  CHECK_THAT(
      refused(R"({"result":"reschedule","cron":"@daily","zone":"Mars"})"),
      Contains("Mars"));
}

TEST_CASE("JSON that nests without end is refused") {
  CHECK_THAT(refused(std::string(100'000, '[')), Contains("no JSON"));
}
