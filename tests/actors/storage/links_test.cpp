#include "actors/metrics/links.hpp"

#include <catch2/catch.hpp>

using namespace callboard;
using callboard::actors::links;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

const links::instant start{1h};
const error refused{errc::database_unreachable, "connection refused"};
const error gone{errc::database_unreachable, "no route"};

std::string told(const std::optional<links::news>& news) {
  return news ? (news->began ? "began: " : "ended: ") + news->text : "";
}

} // namespace

TEST_CASE("the first connect is no news") {
  links books;
  CHECK(books.report(start).links.empty());
  CHECK(told(books.up(link::leasing, start)).empty());
  CHECK(told(books.up(link::settling, start)).empty());
  CHECK(told(books.up(link::listening, start)).empty());
  auto now = books.report(start);
  REQUIRE(now.links.size() == 3);
  CHECK(now.links[0].which == link::leasing);
  CHECK(now.links[0].up);
  CHECK(now.outages == 0);
}

TEST_CASE("an outage is told of once at each end") {
  links books;
  (void)books.up(link::leasing, start);
  (void)books.up(link::settling, start);
  CHECK_THAT(told(books.down(link::leasing, refused, start + 1s)),
             Contains("began: connection refused; running jobs go on"));
  CHECK(told(books.down(link::settling, refused, start + 1s)).empty());
  for (auto second = 2s; second < 30s; second += 1s)
    CHECK(told(books.down(link::leasing, refused, start + second)).empty());
  CHECK(told(books.up(link::settling, start + 31s)).empty());
  CHECK(told(books.up(link::leasing, start + 32s + 240ms))
        == "ended: the database is back after 31.2 s");
  CHECK(told(books.up(link::leasing, start + 33s)).empty());
  auto now = books.report(start + 1min);
  CHECK(now.outages == 1);
  CHECK(now.away == 31240ms);
}

TEST_CASE("a link that is down says since when and for which reason now") {
  links books;
  (void)books.up(link::leasing, start);
  (void)books.down(link::leasing, refused, start + 1s);
  (void)books.down(link::leasing, gone, start + 3s);
  auto now = books.report(start + 6s);
  REQUIRE(now.links.size() == 1);
  CHECK_FALSE(now.links[0].up);
  CHECK(now.links[0].down_for == 5s);
  CHECK(now.links[0].why == "no route");
  CHECK(now.away == 5s);
}

TEST_CASE("a database that was never there is away, too") {
  links books;
  CHECK_THAT(told(books.down(link::leasing, refused, start)),
             Contains("began: "));
  CHECK_THAT(told(books.up(link::leasing, start + 2s)),
             Contains("ended: ") && Contains("2.0 s"));
}

TEST_CASE("wake-ups that don't come are no outage") {
  links books;
  (void)books.up(link::leasing, start);
  (void)books.up(link::listening, start);
  CHECK_THAT(told(books.down(link::listening, refused, start)),
             Contains("began: no wake-ups come")
                 && Contains("connection refused"));
  CHECK(told(books.down(link::listening, refused, start + 1s)).empty());
  CHECK(books.report(start + 1s).outages == 0);
  CHECK(books.report(start + 1s).away == 0s);
  CHECK_THAT(told(books.up(link::listening, start + 5s)),
             Contains("ended: ") && Contains("5.0 s"));
}

TEST_CASE("a link that there is no more is not reported") {
  links books;
  (void)books.down(link::listening, refused, start);
  books.none(link::listening);
  CHECK(books.report(start).links.empty());
}
