#include "app/handlers/tail_buffer.hpp"

#include <catch2/catch.hpp>

using callboard::app::tail_buffer;

TEST_CASE("a short text is kept whole, without the white space around it") {
  tail_buffer tail{100};
  CHECK(tail.text().empty());
  tail.take("\n one\n");
  tail.take("two \r\n");
  CHECK(tail.text() == "one\ntwo");
}

TEST_CASE("of a long text the end is kept") {
  tail_buffer tail{5};
  for (int i = 0; i < 100; ++i)
    tail.take("abcdefghi" + std::to_string(i));
  CHECK(tail.text() == "ghi99");
  tail.take("0123456789");
  CHECK(tail.text() == "56789");
}

TEST_CASE("a tail begins with a whole character") {
  tail_buffer tail{4};
  tail.take("x\u20ac\u20ac");
  CHECK(tail.text() == "\u20ac");
}

TEST_CASE("a tail of nothing keeps nothing") {
  tail_buffer tail{0};
  tail.take("text");
  CHECK(tail.text().empty());
}
