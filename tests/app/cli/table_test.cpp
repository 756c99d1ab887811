#include "app/cli/table.hpp"

#include <catch2/catch.hpp>

#include <sstream>

using namespace callboard::app;

TEST_CASE("columns are as wide as their widest cell") {
  table rows{{"NAME", "COUNT"}};
  rows.right(1);
  rows.add({"ä", "1"});
  rows.add({"a longer name", "12345678"});
  std::ostringstream out;
  rows.print(out, false);
  CHECK(out.str()
        == "NAME              COUNT\n"
           "ä                     1\n"
           "a longer name  12345678\n");
}

TEST_CASE("no line of a table ends in blanks") {
  table rows{{"A", "B"}};
  rows.add({"x", ""});
  rows.add({"y", "a long cell"});
  std::ostringstream out;
  rows.print(out, false);
  CHECK(out.str() == "A  B\nx\ny  a long cell\n");
}

TEST_CASE("without colours a text stays as it is") {
  CHECK(paint(false, tint::red, "x") == "x");
  CHECK(paint(true, tint::red, "x") == "\x1b[31mx\x1b[0m");
}
