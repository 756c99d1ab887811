#include "tests/config/places.hpp"
#include "tests/support/random_seed.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <fstream>
#include <random>
#include <sstream>
#include <string>
#include <string_view>

namespace callboard {

namespace {

using random_source = std::mt19937_64;

constexpr auto tokens = std::to_array<std::string_view>({"{",
                                                         "}",
                                                         "[",
                                                         "]",
                                                         ",",
                                                         ":",
                                                         "\"",
                                                         "null",
                                                         "true",
                                                         "-1",
                                                         "1e400",
                                                         "18446744073709551616",
                                                         "\"\"",
                                                         "\"\\u0000\"",
                                                         "\"${X}\"",
                                                         "\"${\"",
                                                         "\"$${\"",
                                                         "[[[[",
                                                         "{\"a\":{\"a\":",
                                                         "//",
                                                         "\xff",
                                                         "\"0s\"",
                                                         "\"*\"",
                                                         "\"sqlite:\"",
                                                         "\\",
                                                         "9999999d"});

std::string example() {
  std::ifstream in{CALLBOARD_SOURCE_DIR "/config/example.json"};
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

void mutate(std::string& text, random_source& random) {
  auto below = [&](std::size_t bound) {
    return random() % (bound + 1);
  };
  auto at = below(text.size() - 1);
  switch (random() % 5) {
  case 0:
    text.erase(at, below(20));
    break;
  case 1:
    text[at] = static_cast<char>(random());
    break;
  case 2:
    text.insert(at, tokens[random() % tokens.size()]);
    break;
  case 3:
    text.insert(below(text.size()), text.substr(at, below(200)));
    break;
  default:
    // A whole value, so that the text stays JSON more often.
    if (auto colon = text.find(": ", at); colon != text.npos) {
      auto end = text.find_first_of(",\n}", colon);
      text.replace(colon + 2, end == text.npos ? end : end - colon - 2,
                   tokens[random() % tokens.size()]);
    }
  }
  if (text.empty())
    text = "{}";
}

} // namespace

TEST_CASE("no text makes the parser fail otherwise than by problems") {
  random_source random{tests::random_seed("config mutations")};
  const auto original = example();
  const tests::variables known{{"X", std::string{"a\0b\xff", 4}}};
  int fine = 0;
  int refused = 0;
  for (int round = 0; round < 20'000; ++round) {
    auto text = original;
    for (auto left = 1 + random() % 4; left > 0; --left)
      mutate(text, random);
    CAPTURE(round, text);
    config::load_result done;
    REQUIRE_NOTHROW(done = tests::parsed(text, known));
    if (auto problems = std::get_if<std::vector<config::problem>>(&done)) {
      ++refused;
      REQUIRE_FALSE(problems->empty());
      for (auto& each : *problems)
        REQUIRE_FALSE(each.message.empty());
    } else {
      ++fine;
    }
  }
  CHECK(fine > 0);
  CHECK(refused > 1000);
}

} // namespace callboard
