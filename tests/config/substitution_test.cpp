#include "tests/config/places.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <string>

namespace callboard {

namespace {

using tests::problems_of;
using tests::settings_of;

std::string with_node(const std::string& name) {
  return R"({"database": "sqlite:/a.db", "node": {"name": ")" + name + R"("}})";
}

std::string expanded(const std::string& text) {
  return settings_of(with_node(text),
                     {{"NAME", "value"}, {"EMPTY", ""}, {"_x1", "low"}})
      .node.node_name;
}

std::string fault_of(const std::string& text) {
  return problems_of(with_node(text), {{"NAME", "value"}}).at(0);
}

} // namespace

TEST_CASE("variables are put into strings") {
  CHECK(expanded("${NAME}") == "value");
  CHECK(expanded("a-${NAME}-${_x1}") == "a-value-low");
  CHECK(expanded("${EMPTY}").empty());
  CHECK(expanded("plain $NAME $ $$ {NAME}") == "plain $NAME $ $$ {NAME}");
}

TEST_CASE("a default stands in for a variable that is unset or empty") {
  CHECK(expanded("${UNSET:-other}") == "other");
  CHECK(expanded("${EMPTY:-other}") == "other");
  CHECK(expanded("${NAME:-other}") == "value");
  CHECK(expanded("${UNSET:-}").empty());
  CHECK(expanded("${UNSET:-a:-b}") == "a:-b");
}

TEST_CASE("two dollars keep a brace plain") {
  CHECK(expanded("$${NAME}") == "${NAME}");
  CHECK(expanded("$$${NAME}") == "$${NAME}");
  CHECK(expanded("$${") == "${");
}

TEST_CASE("a variable that is not set is a problem with a remedy") {
  CHECK(fault_of("${UNSET}")
        == "/node/name: environment variable 'UNSET' is not set; set it, or "
           "give a default: ${UNSET:-text}");
  CHECK(problems_of(with_node("${A} ${NAME} ${B}"), {{"NAME", "x"}}).size()
        == 2);
}

TEST_CASE("a variable must have a name and an end") {
  CHECK(fault_of("${NAME")
        == "/node/name: '${' has no '}'; write $${ for a plain ${");
  CHECK(fault_of("${}")
        == "/node/name: '${}' names no variable: allowed are letters, digits "
           "and '_'; write $${ for a plain ${");
  CHECK(fault_of("${1X}")
        == "/node/name: '${1X}' names no variable: allowed are letters, digits "
           "and '_'; write $${ for a plain ${");
  CHECK(fault_of("${A B}")
        == "/node/name: '${A B}' names no variable: allowed are letters, "
           "digits and '_'; write $${ for a plain ${");
  CHECK(fault_of("${NAME:x}")
        == "/node/name: '${NAME:x}' names no variable: allowed are letters, "
           "digits and '_'; write $${ for a plain ${");
}

TEST_CASE("values are put in once: their own text is not looked at again") {
  CHECK(settings_of(with_node("${A}"), {{"A", "${B}"}}).node.node_name
        == "${B}");
}

TEST_CASE("values may hold what JSON would have to escape") {
  CHECK(settings_of(with_node("${A}"), {{"A", "\"q\"\n\\"}}).node.node_name
        == "\"q\"\n\\");
}

TEST_CASE("a value that is not text is refused") {
  CHECK(problems_of(with_node("${A}"), {{"A", "\xff"}}).at(0)
        == "/node/name: must be UTF-8 text without NUL");
}

TEST_CASE("durations, sizes and choices may come from variables") {
  auto all = settings_of(
      R"({"database": {"url": "${URL}", "arg_limit": "${SIZE}"},
          "shutdown_grace": "${GRACE}s", "log": {"level": "${LEVEL:-error}"}})",
      {{"URL", "sqlite:/x.db"}, {"SIZE", "1KiB"}, {"GRACE", "5"}});
  CHECK(all.database_url == "sqlite:/x.db");
  CHECK(all.database.arg_limit == 1024);
  CHECK(all.node.shutdown_grace == std::chrono::seconds{5});
  CHECK(all.log.level == log_level::error);
}

TEST_CASE("variables are put into lists and maps, not into keys") {
  auto all = settings_of(
      R"({"database": "sqlite:/x.db", "queues": [{"name": "${Q}", "types": {
          "${T}": {"exec": {"command": ["${P}", "-x"],
                            "environment": {"${E}": "${V}"}}}}}]})",
      {{"Q", "mail"}, {"P", "prog"}, {"V", "secret"}});
  CHECK(all.queues.at(0).name == "mail");
  auto& type = all.queues.at(0).types.at("${T}");
  auto& exec = std::get<config::exec_settings>(type.handler);
  CHECK(exec.command == std::vector<std::string>{"prog", "-x"});
  CHECK(exec.environment
        == std::map<std::string, std::string>{{"${E}", "secret"}});
}

TEST_CASE("the process's own environment knows what is set") {
  REQUIRE(setenv("CALLBOARD_TEST_VARIABLE", "here", 1) == 0);
  auto own = config::process_environment();
  CHECK(own("CALLBOARD_TEST_VARIABLE") == "here");
  REQUIRE(unsetenv("CALLBOARD_TEST_VARIABLE") == 0);
  CHECK(own("CALLBOARD_TEST_VARIABLE") == std::nullopt);
}

} // namespace callboard
