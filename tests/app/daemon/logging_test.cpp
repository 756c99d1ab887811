#include "app/daemon/logging.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <catch2/catch.hpp>

using namespace callboard;
using namespace callboard::app;

TEST_CASE("a record is one line of text that can't be forged") {
  CHECK(
      to_text({log_level::info, "job done", {{"id", "a1"}, {"queue", "mail"}}})
      == "job done  id=a1  queue=mail");
  CHECK(to_text({log_level::error, "x\n2026 info fake", {{"error", "a b\x1b"}}})
        == "x\\n2026 info fake  error=\"a b\\x1b\"");
  CHECK(to_text({log_level::error, "x", {{"error", ""}}}) == "x  error=\"\"");
  CHECK(to_text({log_level::error, "x", {{"error", "a\"  queue=\"b"}}})
        == R"(x  error="a\"  queue=\"b")");
  CHECK(to_text({log_level::error, "x", {{"error", "a \\"}, {"id", "b"}}})
        == R"(x  error="a \\"  id=b)");
  CHECK(to_text({log_level::error, "x", {{"error", "a\n"}}})
        == R"(x  error="a\n")");
}

TEST_CASE("a record is one object of JSON, whatever is in it") {
  auto line = to_json_line({log_level::warning,
                            "bad \"byte\" \xff\n",
                            {{"job_id", std::string("a\0b", 3)}}},
                           "2026-11-23T19:00:00.000000Z");
  CHECK(line.find('\n') == std::string::npos);
  auto value = boost::json::parse(line);
  CHECK(value.at("time").as_string() == "2026-11-23T19:00:00.000000Z");
  CHECK(value.at("level").as_string() == "warning");
  CHECK(value.at("message").as_string() == "bad \"byte\" \xef\xbf\xbd\n");
  CHECK(value.at("job_id").as_string()
        == "a\xef\xbf\xbd"
           "b");
}
