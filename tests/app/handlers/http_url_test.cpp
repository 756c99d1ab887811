#include "app/handlers/http_url.hpp"

#include <catch2/catch.hpp>

using namespace callboard::app;
using Catch::Matchers::Contains;

namespace {

http_url parsed(const std::string& text) {
  auto url = parse_http_url(text);
  if (url.has_error())
    FAIL(url.error().message);
  return *url;
}

std::string refused(const std::string& text) {
  auto url = parse_http_url(text);
  REQUIRE(url.has_error());
  return url.error().message;
}

} // namespace

TEST_CASE("a url has a scheme, a host, a port and a target") {
  auto url = parsed("http://example.org:9000/hook?a=b");
  CHECK_FALSE(url.secure);
  CHECK(url.host == "example.org");
  CHECK(url.port == 9000);
  CHECK(url.target == "/hook?a=b");
}

TEST_CASE("port and target have defaults") {
  CHECK(parsed("http://a").port == 80);
  CHECK(parsed("https://a").port == 443);
  CHECK(parsed("https://a").secure);
  CHECK(parsed("http://a").target == "/");
  CHECK(parsed("http://a?x").target == "/?x");
}

TEST_CASE("an IPv6 address stands in brackets") {
  CHECK(parsed("http://[::1]:80/").host == "::1");
  CHECK(parsed("http://[::1]").name() == "http://[::1]/");
  CHECK_THAT(refused("http://[::1"), Contains("IPv6"));
  CHECK_THAT(refused("http://::1/"), Contains("port"));
}

TEST_CASE("the name of a url keeps the query to itself") {
  CHECK(parsed("https://a:444/x?token=secret").name() == "https://a:444/x");
}

TEST_CASE("a url that makes no sense is refused") {
  CHECK_THAT(refused(""), Contains("http://"));
  CHECK_THAT(refused("ftp://a/"), Contains("http://"));
  CHECK_THAT(refused("http:///x"), Contains("no host"));
  CHECK_THAT(refused("http://a b/"), Contains("percent-encoded"));
  CHECK_THAT(refused("http://a/\r\nEvil: 1"), Contains("percent-encoded"));
  CHECK_THAT(refused("http://a/\xc3\xa4"), Contains("percent-encoded"));
  CHECK_THAT(refused("http://a/#top"), Contains("fragment"));
  CHECK_THAT(refused("http://a<b/"), Contains("no host"));
  for (auto port : {"0", "65536", "x", "", "-1", "80x"})
    CHECK_THAT(refused("http://a:" + std::string{port} + "/"),
               Contains("port"));
}

TEST_CASE("a password in a url is refused and not repeated") {
  auto message = refused("http://me:secret@a/");
  CHECK_THAT(message, Contains("Authorization"));
  CHECK_THAT(message, !Contains("secret"));
}
