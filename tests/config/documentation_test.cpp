#include "config/keys.hpp"
#include "tests/config/places.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace callboard {

namespace {

// Key, type and default of one row of a table.
struct documented_key {
  std::string name;
  std::string type;
  std::string fallback;

  friend bool operator==(const documented_key&, const documented_key&)
      = default;
};

std::ostream& operator<<(std::ostream& out, const documented_key& x) {
  return out << x.name << " | " << x.type << " | " << x.fallback;
}

struct json_block {
  /// The name of the object that it shows; empty: a whole config.
  std::string fragment;
  std::string text;
};

struct document {
  /// By the heading that they stand under.
  std::map<std::string, std::vector<documented_key>> tables;
  std::vector<json_block> blocks;
};

// "| a | b | c | d |" as a, b, c, d.
std::vector<std::string> cells(const std::string& row) {
  std::vector<std::string> out;
  std::istringstream in{row.substr(1)};
  for (std::string cell; std::getline(in, cell, '|');) {
    auto begin = cell.find_first_not_of(' ');
    auto end = cell.find_last_not_of(' ');
    out.push_back(begin == cell.npos ? ""
                                     : cell.substr(begin, end - begin + 1));
  }
  return out;
}

std::string json_block_at(std::istream& in) {
  std::string text;
  for (std::string line; std::getline(in, line) && line != "```";)
    text += line + "\n";
  return text;
}

document read_document() {
  constexpr std::string_view mark = "<!-- fragment: ";
  std::ifstream in{CALLBOARD_SOURCE_DIR "/docs/configuration.md"};
  REQUIRE(in.good());
  document out;
  std::string heading;
  std::string fragment;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("## ")) {
      heading = line.substr(3);
      out.tables[heading];
    } else if (line.starts_with("### ")) {
      heading = line;
    } else if (line.starts_with("| `") && !heading.starts_with("###")) {
      auto row = cells(line);
      REQUIRE(row.size() == 4);
      CHECK_FALSE(row[3].empty());
      out.tables[heading].push_back(
          {row[0].substr(1, row[0].size() - 2), row[1], row[2]});
    } else if (line.starts_with(mark)) {
      fragment = line.substr(mark.size(), line.find(" -->") - mark.size());
    } else if (line == "```json") {
      out.blocks.push_back({fragment, json_block_at(in)});
      fragment.clear();
    }
  }
  return out;
}

} // namespace

TEST_CASE("the documentation has every key with its type and default, and no "
          "other") {
  auto document = read_document();
  document.tables.erase("Values");
  for (auto object : config::all_objects()) {
    std::vector<documented_key> known;
    for (auto& key : object->keys) {
      auto shown = std::string{key.fallback};
      if (key.type != config::value_type::not_offered_yet)
        known.push_back({std::string{key.name}, type_text(key),
                         key.has_default() ? "`" + shown + "`" : shown});
    }
    CAPTURE(object->name);
    auto table = document.tables.find(std::string{object->name});
    REQUIRE(table != document.tables.end());
    CHECK(table->second == known);
    document.tables.erase(table);
  }
  // No heading is left that the parser knows nothing of.
  for (auto& [heading, keys] : document.tables)
    CHECK(heading + " is documented" == "");
}

TEST_CASE("every JSON block of the documentation is a config or the fragment "
          "that it says") {
  const tests::variables known{{"DB_PASSWORD", "x"}, {"SMTP_PASSWORD", "x"}};
  auto document = read_document();
  REQUIRE(document.blocks.size() >= 4);
  for (auto& block : document.blocks) {
    auto text = block.text;
    if (!block.fragment.empty()) {
      auto found = std::ranges::find(
          tests::places(), block.fragment,
          [](const tests::place& x) { return std::string{x.info->name}; });
      REQUIRE(found != tests::places().end());
      text = found->before + block.text + found->after;
    }
    CAPTURE(text);
    tests::settings_of(text, known);
  }
}

TEST_CASE("the messages that the documentation shows are the real ones") {
  std::ifstream in{CALLBOARD_SOURCE_DIR "/docs/configuration.md"};
  std::ostringstream document;
  document << in.rdbuf();
  auto done = tests::parsed(R"({"database": "sqlite:a", "queues": [
      {"name": "mail", "concurency": 2,
       "types": {"welcome": {"noop": {}, "timeout": "30"}}}]})");
  auto& problems = std::get<std::vector<config::problem>>(done);
  REQUIRE(problems.size() == 2);
  for (auto& each : problems) {
    auto line = "\ncallboard: " + to_string(each, "callboard.json") + "\n";
    CAPTURE(line);
    CHECK(document.str().find(line) != std::string::npos);
  }
}

} // namespace callboard
