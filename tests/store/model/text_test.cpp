#include "store/model/text.hpp"
#include "tests/support/random_seed.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <string_view>

using namespace std::string_literals;

namespace callboard {

TEST_CASE("well-formed UTF-8 without NUL is storable") {
  auto text = GENERATE(""s, "plain"s, "tab\tand\nnewline"s, "\x7f"s,
                       "\u0080\u07ff"s, "\u0800\ud7ff\ue000\uffff"s,
                       "\U00010000\U0010ffff"s, "Grüße, 世界 🎭"s);
  CAPTURE(text);
  CHECK(is_storable_text(text));
  CHECK(storable_text(text, 100) == text);
}

TEST_CASE("ill-formed bytes and NUL are not storable, and are replaced one by "
          "one") {
  struct row {
    std::string text;
    std::string repaired;
  };
  auto const r = "\ufffd"s;
  auto x = GENERATE_COPY(
      row{"a\0b"s, "a" + r + "b"}, row{"\x80"s, r}, row{"\xbf"s, r},
      // Overlong forms.
      row{"\xc0\xaf"s, r + r}, row{"\xc1\xbf"s, r + r},
      row{"\xe0\x9f\xbf"s, r + r + r}, row{"\xf0\x8f\xbf\xbf"s, r + r + r + r},
      // Surrogates, and values over U+10FFFF.
      row{"\xed\xa0\x80"s, r + r + r}, row{"\xed\xbf\xbf"s, r + r + r},
      row{"\xf4\x90\x80\x80"s, r + r + r + r},
      row{"\xf5\x80\x80\x80"s, r + r + r + r}, row{"\xff\xfe"s, r + r},
      // Characters cut short, at the end and in the middle.
      row{"x\xc3"s, "x" + r}, row{"\xe4\xb8"s, r + r},
      row{"\xf0\x9f\x8e"s, r + r + r}, row{"\xe4\xb8-"s, r + r + "-"},
      row{"\xc3\xc3\xa4"s, r + "ä"});
  CAPTURE(x.text);
  CHECK_FALSE(is_storable_text(x.text));
  CHECK(storable_text(x.text, 100) == x.repaired);
}

TEST_CASE("of a long text the beginning and the end are kept") {
  CHECK(storable_text("0123456789", 10) == "0123456789");
  CHECK(storable_text("0123456789a", 10) == "0123…89a");
  CHECK(storable_text("0123456789a", 9) == "012…89a");
  CHECK(storable_text("0123456789a", 5) == "0…a");
}

TEST_CASE("a limit too small for an ellipsis keeps the beginning") {
  CHECK(storable_text("0123456789", 4) == "0123");
  CHECK(storable_text("0123456789", 0).empty());
  CHECK(storable_text("ää", 3) == "ä");
}

TEST_CASE("a text is never cut inside of a character") {
  CHECK(storable_text("ääääää", 10) == "ää…ä");
  CHECK(storable_text("🎭🎭🎭🎭", 10) == "🎭…");
}

TEST_CASE("any bytes become storable text within the limit") {
  std::mt19937_64 random{tests::random_seed("storable text")};
  auto below = [&](std::size_t n) {
    return random() % n;
  };
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes(below(40), ' ');
    for (auto& x : bytes)
      // Many lead bytes and continuations, so that characters come about.
      x = static_cast<char>(below(2) == 0 ? below(256) : 0x80 + below(0x80));
    auto limit = below(50);
    auto text = storable_text(bytes, limit);
    CAPTURE(round, limit, bytes);
    REQUIRE(is_storable_text(text));
    REQUIRE(text.size() <= limit);
    REQUIRE(storable_text(text, limit) == text);
    if (is_storable_text(bytes) && bytes.size() <= limit)
      REQUIRE(text == bytes);
  }
}

} // namespace callboard
