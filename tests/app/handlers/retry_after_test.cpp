#include "app/handlers/retry_after.hpp"

#include <catch2/catch.hpp>

using namespace callboard;
using namespace callboard::app;
using namespace std::chrono;

namespace {

// Sun, 06 Nov 1994 08:49:37 GMT.
constexpr callboard::time_point now
    = sys_days{year{1994} / November / 6} + 8h + 49min + 37s;

auto after(std::string_view text) {
  return parse_retry_after(text, now);
}

} // namespace

TEST_CASE("Retry-After takes seconds") {
  CHECK(after("0") == 0s);
  CHECK(after("120") == 120s);
}

TEST_CASE("Retry-After takes a date") {
  CHECK(after("Sun, 06 Nov 1994 08:50:37 GMT") == 60s);
  CHECK(after("Mon, 07 Nov 1994 00:00:00 GMT") == 15h + 10min + 23s);
}

TEST_CASE("a date in the past means at once") {
  CHECK(after("Sat, 05 Nov 1994 08:49:37 GMT") == 0s);
}

TEST_CASE("no Retry-After is longer than a day") {
  CHECK(after("86401") == 24h);
  CHECK(after("99999999999999999999999") == 24h);
  CHECK(after("Fri, 31 Dec 9999 23:59:59 GMT") == 24h);
}

TEST_CASE("what is neither seconds nor a date is ignored") {
  for (auto text :
       {"", " ", "-1", "1.5", "soon", "1 0", "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 32 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Foo 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 -1:49:37 GMT", "Sun, 06 Nov 1994 08:49:37"})
    CHECK_FALSE(after(text));
}
