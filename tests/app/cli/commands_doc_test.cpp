#include "app/cli/command_line.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <iterator>
#include <sstream>

using namespace callboard::app;

namespace {

std::string reference() {
  std::ifstream file{CALLBOARD_COMMANDS_MD};
  REQUIRE(file);
  return {std::istreambuf_iterator<char>{file}, {}};
}

/// What follows the heading of a command, up to the next heading.
std::string section_of(const std::string& text, const std::string& heading) {
  auto begin = text.find("\n## " + heading + "\n");
  INFO("## " << heading);
  REQUIRE(begin != std::string::npos);
  return text.substr(begin, text.find("\n## ", begin + 1) - begin);
}

std::string help_of(const std::string& command_name) {
  std::vector<std::string> arguments;
  std::istringstream parts{command_name};
  for (std::string part; parts >> part;)
    arguments.push_back(part);
  arguments.emplace_back("--help");
  auto parsed = parse_command_line(arguments);
  return std::get<print_command>(std::get<command>(parsed)).text;
}

} // namespace

TEST_CASE("the reference shows the help of every command word by word") {
  auto text = reference();
  CHECK_THAT(text, Catch::Contains("```text\n" + help_of("") + "```\n"));
  for (const auto& name : command_names())
    CHECK_THAT(section_of(text, "callboard " + name),
               Catch::Contains("```text\n" + help_of(name) + "```\n"));
}

TEST_CASE("the reference names no command that is not there") {
  auto text = reference();
  const std::string heading = "\n## callboard ";
  std::size_t count = 0;
  for (auto at = text.find(heading); at != std::string::npos;
       at = text.find(heading, at + 1))
    ++count;
  CHECK(count == command_names().size());
}
