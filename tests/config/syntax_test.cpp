#include "tests/config/places.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace std::string_literals;

namespace callboard {

namespace {

using messages = std::vector<std::string>;

messages fault(const std::string& text) {
  return tests::problems_of(text);
}

} // namespace

TEST_CASE("an empty file is a problem") {
  auto text = GENERATE(""s, " \n\t\r\n"s);
  CHECK(fault(text)
        == messages{R"(: the file is empty; it must hold an object with )"
                    R"("database" and "queues")"});
}

TEST_CASE("files that are not UTF-8 are refused with the line") {
  CHECK(fault("\xEF\xBB\xBF{}")
        == messages{": the file begins with a byte order mark; save it as "
                    "UTF-8 without one"});
  CHECK(fault("\xFF\xFE{\0}\0"s)
        == messages{": the file is UTF-16; save it as UTF-8"});
  CHECK(fault("\xFE\xFF\0{\0}"s)
        == messages{": the file is UTF-16; save it as UTF-8"});
  CHECK(fault("{\n\"a\": \"\xe4\"}")
        == messages{": line 2: the file must be UTF-8 text without NUL; this "
                    "line is not"});
  CHECK(fault("{}\n\n\0"s)
        == messages{": line 3: the file must be UTF-8 text without NUL; this "
                    "line is not"});
}

TEST_CASE("a syntax error tells line, column and the usual reason") {
  struct row {
    std::string text;
    std::string message;
  };
  const std::string comment = "comments are not allowed in JSON; remove it";
  const std::string comma
      = "a comma stands before the end of the object or list; remove it";
  const std::string early
      = "the file ends too early; a bracket or quote is not closed";
  const std::string missing = "a comma or colon is missing before this ";
  auto x = GENERATE_COPY(values<row>({
      {"{\n  // note\n}", "line 2, column 3: " + comment},
      {"{ /* note */ }", "line 1, column 3: " + comment},
      {"# note\n{}", "line 1, column 1: " + comment},
      {"{}\n// note", "line 2, column 1: " + comment},
      {"{\"a\": 1,\n}", "line 2, column 1: " + comma},
      {"{\"a\": [1, 2, ]}", "line 1, column 14: " + comma},
      {"{'a': 1}",
       "line 1, column 2: strings stand in double quotes, not in single ones"},
      {"{\"a\": 'x'}",
       "line 1, column 7: strings stand in double quotes, not in single ones"},
      {"{\"a\": \"x\n\"}", "line 1, column 9: a string must end on its line "
                           "and holds no tabs; write \\n and \\t"},
      {"{\"a\": 1 \"b\": 2}", "line 1, column 9: " + missing + "string"},
      {"{\"a\" \"b\"}", "line 1, column 6: " + missing + "string"},
      {"[{} {}]", "line 1, column 5: " + missing + "bracket"},
      {"{\"a\": 1", "line 1, column 8: " + early},
      {"{\"a\": \"x", "line 1, column 9: " + early},
      {"[1,\n2\n", "line 3, column 1: " + early},
      {"{\"ä€🎭\": x}", "line 1, column 9: this is no JSON here"},
      {"{\"a\": nul}", "line 1, column 7: this is no JSON here"},
      {"{a: 1}", "line 1, column 2: this is no JSON here"},
      {"{\"a\": 01}", "line 1, column 8: this is no JSON here"},
      {"{\"a\": NaN}", "line 1, column 7: this is no JSON here"},
      {R"({"a": "\x"})", "line 1, column 9: this is no JSON here"},
      {"{} {}", "line 1, column 4: " + missing + "bracket"},
      {"{} x", "line 1, column 4: this is no JSON here"},
      {std::string(33, '[') + std::string(33, ']'),
       "line 1, column 33: brackets are nested more than 32 deep"},
  }));
  CAPTURE(x.text);
  CHECK(fault(x.text) == messages{": " + x.message});
}

TEST_CASE("a deep text is refused without recursion") {
  CHECK(fault(std::string(1'000'000, '[')).size() == 1);
}

TEST_CASE("blanks and line ends of all systems are fine around the values") {
  CHECK(tests::settings_of("\r\n\t{ \"database\"\r\n:\t\"sqlite:/a\" }\n ")
            .database_url
        == "sqlite:/a");
}

TEST_CASE("escapes in strings are understood") {
  CHECK(tests::settings_of(R"({"database": "sqlite:/\u00e4\ud83c\udfad\n"})")
            .database_url
        == "sqlite:/ä🎭\n");
  CHECK(fault(R"({"database": "\ud83c"})").size() == 1);
}

} // namespace callboard
