#include "app/cli/base64.hpp"

#include <catch2/catch.hpp>

using namespace callboard::app;

TEST_CASE("base64 is what RFC 4648 lists") {
  CHECK(to_base64("") == "");
  CHECK(to_base64("f") == "Zg==");
  CHECK(to_base64("fo") == "Zm8=");
  CHECK(to_base64("foo") == "Zm9v");
  CHECK(to_base64("foob") == "Zm9vYg==");
  CHECK(to_base64("fooba") == "Zm9vYmE=");
  CHECK(to_base64("foobar") == "Zm9vYmFy");
}

TEST_CASE("all bytes come back from base64") {
  std::string bytes;
  for (int i = 0; i < 256; ++i)
    bytes += static_cast<char>(i);
  for (std::size_t length = 250; length <= 256; ++length)
    CHECK(from_base64(to_base64(bytes.substr(0, length)))
          == bytes.substr(0, length));
}

TEST_CASE("what base64 would not write is refused") {
  for (const auto* text : {"Z", "Zg", "Zg=", "Zh==", "Z===", "====", "Zg==Zg==",
                           "Zm9v\n", "Zm 9", "Zm-_"})
    CHECK_FALSE(from_base64(text).has_value());
}
