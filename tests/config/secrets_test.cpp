#include "tests/config/places.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <string>
#include <vector>

namespace callboard {

TEST_CASE("no message shows what a variable holds, wherever it stands") {
  const std::string secret = "s3cr3t-V4LUE";
  for (auto& where : tests::places())
    for (auto& key : where.info->keys) {
      CAPTURE(where.info->name, key.name);
      for (
          std::string value :
          {R"("${SECRET}")", R"(["${SECRET}"])", R"({"a b": "${SECRET}"})",
           R"({"url": "${SECRET}", "command": ["${SECRET}"], "x": "${SECRET}"})"}) {
        auto done = tests::parsed(where.with(std::string{key.name}, value),
                                  {{"SECRET", secret}});
        auto problems = std::get_if<std::vector<config::problem>>(&done);
        if (problems == nullptr)
          continue;
        for (auto& each : *problems)
          CHECK(to_string(each, "file").find(secret) == std::string::npos);
      }
    }
}

TEST_CASE("a value from a variable that can't be read is told by the name of "
          "the variable") {
  CHECK(tests::problems_of(
            R"({"database": "sqlite:a", "shutdown_grace": "${GRACE}"})",
            {{"GRACE", "soon"}})
        == std::vector<std::string>{
            "/shutdown_grace: must be a duration such as \"500ms\" or "
            "\"1h30m\"; the value of '${GRACE}' is not"});
  CHECK(tests::problems_of(
            R"({"database": "sqlite:a", "shutdown_grace": "${GRACE}"})",
            {{"GRACE", "100d"}})
        == std::vector<std::string>{
            "/shutdown_grace: must be at most 7d, not '${GRACE}'"});
  CHECK(tests::problems_of(
            R"({"database": "sqlite:a", "log": {"level": "x${LEVEL}"}})",
            {{"LEVEL", "loud"}})
        == std::vector<std::string>{
            "/log/level: must be \"debug\", \"info\", \"warning\" or "
            "\"error\", not 'x${LEVEL}'"});
  CHECK(tests::problems_of(R"({"database": "${URL}"})",
                           {{"URL", "mysql://me:pass@host/db"}})
        == std::vector<std::string>{
            "/database: must be postgresql://..., sqlite:PATH or "
            "sqlite::memory:; the value of '${URL}' is not"});
}

TEST_CASE("a password that stands in the file itself is not shown either") {
  auto text = GENERATE(
      as<std::string>{}, R"({"database": "mysql://me:h1dden@host/db"})",
      R"({"database": {"url": "postgresql://me:h1dden@[::1/db"}})",
      R"({"database": "sqlite:a", "queues": [{"name": "q", "types": {"t": {
          "http": {"url": "http://me:h1dden@host/ x",
                   "headers": {"Authorization": "h1dden\n"}}}}}]})");
  for (auto& each : tests::problems_of(text))
    CHECK(each.find("h1dden") == std::string::npos);
}

} // namespace callboard
