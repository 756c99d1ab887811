#include "actors/poller/slots.hpp"

#include <catch2/catch.hpp>

using namespace callboard;
using callboard::actors::chunk;
using callboard::actors::slots;

TEST_CASE("a slot is idle until it gets a chunk and when it has finished it") {
  slots table;
  auto number = table.add();
  CHECK(table.idle() == number);
  auto work = std::make_shared<chunk>(7, std::vector<leased_job>(1));
  table.give(number, work, {});
  CHECK_FALSE(table.idle());
  REQUIRE(table.find_busy(number));
  CHECK(table.find_busy(number)->work->number() == 7);
  table.finish(number);
  CHECK(table.idle() == number);
  CHECK(table.busy().empty());
}

TEST_CASE("a slot that was removed does not come back by finishing") {
  slots table;
  auto number = table.add();
  table.give(number, nullptr, {});
  table.remove(number);
  table.finish(number);
  CHECK(table.empty());
  CHECK(table.add() != number);
}

TEST_CASE("the slot that was busy last is used first") {
  slots table;
  auto first = table.add();
  auto second = table.add();
  table.give(first, nullptr, {});
  table.give(second, nullptr, {});
  table.finish(second);
  table.finish(first);
  CHECK(table.idle() == first);
}
