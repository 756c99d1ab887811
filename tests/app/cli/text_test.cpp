#include "app/cli/text.hpp"

#include <catch2/catch.hpp>

using namespace callboard;
using namespace callboard::app;
using namespace std::chrono_literals;

TEST_CASE("what is printed can do nothing to a terminal") {
  CHECK(printable("plain, ä and 漢") == "plain, ä and 漢");
  CHECK(printable("\x1b[31mred") == "\\x1b[31mred");
  CHECK(printable("a\nb\tc\r") == "a\\nb\\tc\\r");
  CHECK(printable(std::string_view{"a\0b", 3}) == "a\\x00b");
  CHECK(printable("\xc2\x9b"
                  "31m")
        == "\\x9b31m");
  CHECK(printable("\xff") == "\xef\xbf\xbd");
}

TEST_CASE("a headline is the first line and fits") {
  CHECK(headline("one\ntwo", 20) == "one");
  CHECK(headline("0123456789", 10) == "0123456789");
  CHECK(headline("0123456789a", 10) == "012345678…");
  CHECK(headline("äöüäöüäöüäöü", 4) == "äöü…");
  CHECK(headline("", 4).empty());
}

TEST_CASE("spans are shown in two units at most") {
  CHECK(show_span(0us) == "0 us");
  CHECK(show_span(999us) == "999 us");
  CHECK(show_span(12'345us) == "12 ms");
  CHECK(show_span(1'500ms) == "1.5 s");
  CHECK(show_span(59'990ms) == "59.9 s");
  CHECK(show_span(60s) == "1 m");
  CHECK(show_span(200s) == "3 m 20 s");
  CHECK(show_span(125min) == "2 h 5 m");
  CHECK(show_span(76h) == "3 d 4 h");
  CHECK(show_span(-5s) == "-5.0 s");
}

TEST_CASE("a due time is shown from now") {
  time_point now{1'000'000s};
  CHECK(show_due(now + 5s, now) == "in 5.0 s");
  CHECK(show_due(now, now) == "now");
  CHECK(show_due(now - 500ms, now) == "now");
  CHECK(show_due(now - 90s, now) == "1 m 30 s ago");
}

TEST_CASE("numbers are grouped") {
  CHECK(show_number(0) == "0");
  CHECK(show_number(999) == "999");
  CHECK(show_number(1000) == "1,000");
  CHECK(show_number(1234567) == "1,234,567");
  CHECK(show_number(-123456) == "-123,456");
  CHECK(show_number(-123) == "-123");
}

TEST_CASE("a hex dump shows bytes and what is text of them") {
  CHECK(hex_dump(std::string_view{"a\0\xff", 3}, 16)
        == "00000000  61 00 ff                                         a..\n");
  auto two_rows = hex_dump("0123456789abcdefXYZ", 17);
  CHECK_THAT(two_rows, Catch::Contains("0123456789abcdef\n00000010  58 "));
  CHECK_THAT(two_rows, !Catch::Contains("59"));
}
