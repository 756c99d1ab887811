#include "app/cli/moment.hpp"
#include "app/cli/text.hpp"

#include <catch2/catch.hpp>

using namespace callboard;
using namespace callboard::app;

namespace {

std::string in_utc(std::string_view text) {
  return show_moment(parse_moment(text).value());
}

} // namespace

TEST_CASE("a moment counts from its offset") {
  CHECK(in_utc("2026-11-24T08:00:00Z") == "2026-11-24T08:00:00.000000Z");
  CHECK(in_utc("2026-11-24T08:00:00+01:00") == "2026-11-24T07:00:00.000000Z");
  CHECK(in_utc("2026-11-24t08:00:00-0530") == "2026-11-24T13:30:00.000000Z");
  CHECK(in_utc("2026-11-24 08:00z") == "2026-11-24T08:00:00.000000Z");
  CHECK(in_utc("2024-02-29T23:59:59.25Z") == "2024-02-29T23:59:59.250000Z");
  CHECK(in_utc("2024-01-01T00:00:00.000001Z") == "2024-01-01T00:00:00.000001Z");
  CHECK(in_utc("1969-12-31T23:59:59Z") == "1969-12-31T23:59:59.000000Z");
}

TEST_CASE("a text that is no moment is refused with an example") {
  auto text = GENERATE("", "tomorrow", "2026-11-24", "2026-11-24T08:00:00",
                       "2026-11-24T25:00:00Z", "2026-11-24T08:60:00Z",
                       "2026-11-24T08:00:61Z", "2026-02-30T08:00:00Z",
                       "2026-13-01T08:00:00Z", "2026-11-24T08:00:00.Z",
                       "2026-11-24T08:00:00.1234567Z", "2026-11-24T08:00:00Zx",
                       "2026-11-24T08:00:00+24:00", "26-11-24T08:00:00Z");
  auto moment = parse_moment(text);
  REQUIRE_FALSE(moment.has_value());
  CHECK(moment.error().code == errc::invalid_job);
  CHECK_THAT(moment.error().message,
             Catch::Contains(text)
                 && Catch::Contains("2026-11-24T08:00:00+01:00"));
}
