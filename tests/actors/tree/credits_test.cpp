#include "actors/supervisor/credits.hpp"
#include "actors/supervisor/restart_budget.hpp"

#include <catch2/catch.hpp>

using callboard::actors::credits;
using callboard::actors::restart_budget;
using namespace std::chrono_literals;

TEST_CASE("the live poller gets what the queue may run, once") {
  credits all;
  all.assign("mail", 3, 1);
  auto grant = all.next("mail");
  REQUIRE(grant);
  CHECK(grant->to == 1);
  CHECK(grant->count == 3);
  CHECK_FALSE(all.next("mail"));
}

TEST_CASE("a new poller gets credits only as the old one gives them back") {
  credits all;
  all.assign("mail", 3, 1);
  (void)all.next("mail");
  all.assign("mail", 3, 2);
  CHECK_FALSE(all.next("mail"));
  all.give_back("mail", 1, 1);
  auto grant = all.next("mail");
  REQUIRE(grant);
  CHECK(grant->to == 2);
  CHECK(grant->count == 1);
}

TEST_CASE("a limit that shrank lets nothing out until enough came back") {
  credits all;
  all.assign("mail", 4, 1);
  (void)all.next("mail");
  all.assign("mail", 2, 2);
  all.give_back("mail", 1, 2);
  CHECK_FALSE(all.next("mail"));
  all.give_back("mail", 1, 1);
  CHECK(all.next("mail")->count == 1);
}

TEST_CASE("what a dead poller held is free, or its heir's") {
  credits all;
  all.assign("mail", 3, 1);
  (void)all.next("mail");
  all.inherit("mail", 1, 2);
  CHECK(all.live("mail") == 2U);
  CHECK_FALSE(all.next("mail"));
  all.forget("mail", 2);
  CHECK_FALSE(all.next("mail"));
  all.assign("mail", 3, 3);
  CHECK(all.next("mail")->count == 3);
}

TEST_CASE("nobody gives back more than it holds") {
  credits all;
  all.assign("mail", 2, 1);
  (void)all.next("mail");
  all.give_back("mail", 1, 5);
  all.give_back("mail", 9, 1);
  CHECK(all.held("mail") == 0);
  CHECK(all.next("mail")->count == 2);
}

TEST_CASE("a restart budget fills up again as its window passes") {
  restart_budget budget{{2, 10s}};
  std::chrono::steady_clock::time_point now{};
  CHECK(budget.take(now));
  CHECK(budget.take(now + 1s));
  CHECK_FALSE(budget.take(now + 9s));
  CHECK(budget.take(now + 10s));
  CHECK_FALSE(budget.take(now + 10s));
}
