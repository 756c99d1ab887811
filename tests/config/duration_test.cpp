#include "config/duration.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace std::chrono_literals;

namespace callboard::config {

TEST_CASE("durations are whole numbers with units, also combined") {
  struct row {
    std::string text;
    duration span;
  };
  auto x = GENERATE(row{"0s", 0s}, row{"1us", 1us}, row{"500ms", 500ms},
                    row{"30s", 30s}, row{"90s", 90s}, row{"5m", 5min},
                    row{"1h", 1h}, row{"2d", 48h}, row{"1h30m", 90min},
                    row{"1d2h3m4s5ms6us", 26h + 3min + 4s + 5ms + 6us},
                    row{"007s", 7s}, row{"36500d", 36500 * 24h});
  CAPTURE(x.text);
  auto done = parse_duration(x.text);
  REQUIRE(done.has_value());
  CHECK(*done == x.span);
  CHECK(parse_duration(duration_text(x.span)).value() == x.span);
}

TEST_CASE("a text that is no duration tells why") {
  const std::string whole
      = "is no duration: write whole numbers with units, such as 500ms or "
        "1h30m";
  const std::string units = ": allowed are d, h, m, s, ms and us";
  struct row {
    std::string text;
    std::string message;
  };
  auto x = GENERATE_COPY(
      row{"", whole}, row{"s", whole}, row{"-1s", whole}, row{"+1s", whole},
      row{" 1s", whole}, row{"soon", whole},
      row{"10", "has no unit" + units + ", such as 10s"},
      row{"1h30", "has no unit" + units + ", such as 10s"},
      row{"10sec", "has an unknown unit 'sec'" + units},
      row{"10S", "has an unknown unit 'S'" + units},
      row{"10s ", "has an unknown unit 's '" + units},
      row{"10 s", "has an unknown unit ' s'" + units},
      row{"1.5s", "is no duration: write it without a point, such as 1s500ms"},
      row{"30m1h", "has its units out of order: write them from large to "
                   "small, each once, such as 1h30m"},
      row{"1s1s", "has its units out of order: write them from large to "
                  "small, each once, such as 1h30m"},
      row{"36501d", "is too long: at most 36500d are allowed"},
      row{"36500d1us", "is too long: at most 36500d are allowed"},
      row{"9223372036854775807d", "is too long: at most 36500d are allowed"},
      row{"99999999999999999999us", "is too long: at most 36500d are allowed"});
  CAPTURE(x.text);
  auto done = parse_duration(x.text);
  REQUIRE(done.has_error());
  CHECK(done.error()
        == error{errc::invalid_config, "'" + x.text + "' " + x.message});
}

TEST_CASE("a duration is written in its shortest form") {
  CHECK(duration_text(0s) == "0s");
  CHECK(duration_text(90min) == "1h30m");
  CHECK(duration_text(1500ms) == "1s500ms");
  CHECK(duration_text(24h) == "1d");
  CHECK(duration_text(1us) == "1us");
}

} // namespace callboard::config
