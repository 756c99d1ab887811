#include "actors/pipeline/mux.hpp"

#include <catch2/catch.hpp>

using namespace callboard;
using namespace std::chrono_literals;

namespace {

// A handler that can be told from others.
handler answering(std::string text) {
  return [text](const job&, context&) {
    return fail(text);
  };
}

std::string answer_of(const route* to) {
  REQUIRE(to);
  REQUIRE(to->function);
  job work;
  context ctx{work, 1, {}, std::nullopt, {}};
  return std::get<failed>(to->function(work, ctx)).error;
}

struct some_target final : handler_target {};

} // namespace

TEST_CASE("an empty mux has a route for nothing") {
  mux empty;
  CHECK(empty.empty());
  CHECK_FALSE(empty.find("welcome"));
  CHECK_FALSE(empty.rest());
  CHECK_FALSE(empty.has_functions());
  CHECK(empty.types().empty());
}

TEST_CASE("a mux finds the route of a type") {
  auto routes = mux{}.on("a", answering("A")).on("b", answering("B"));
  CHECK_FALSE(routes.empty());
  CHECK(answer_of(routes.find("a")) == "A");
  CHECK(answer_of(routes.find("b")) == "B");
  CHECK_FALSE(routes.find("c"));
}

TEST_CASE("the second handler of a type replaces the first") {
  auto routes = mux{}.on("a", answering("old")).on("a", answering("new"));
  CHECK(answer_of(routes.find("a")) == "new");
  CHECK(routes.types() == std::vector<std::string>{"a"});
}

TEST_CASE("the rest takes every type that was not named") {
  auto routes = mux{}.on("a", answering("A")).otherwise(answering("rest"));
  CHECK(answer_of(routes.find("a")) == "A");
  CHECK(answer_of(routes.find("x")) == "rest");
  CHECK(routes.find("x") == routes.rest());
}

TEST_CASE("a mux made of one function sends every type to it") {
  mux routes = [](const job&, context&) {
    return fail("one");
  };
  CHECK(answer_of(routes.find("anything")) == "one");
  CHECK(routes.types().empty());
}

TEST_CASE("a mux keeps the options of each route") {
  auto routes = mux{}.on("a", answering("A"), {.timeout = 5s});
  CHECK(routes.find("a")->options.timeout == 5s);
}

TEST_CASE("a mux of targets needs no threads until it gets a function") {
  auto target = std::make_shared<some_target>();
  auto routes = mux{}.on("a", target).otherwise(target);
  CHECK(routes.find("a")->target == target);
  CHECK_FALSE(routes.has_functions());
  routes.on("b", answering("B"));
  CHECK(routes.has_functions());
}

TEST_CASE("the types of a mux are sorted") {
  auto routes = mux{}.on("b", answering("B")).on("a", answering("A"));
  CHECK(routes.types() == std::vector<std::string>{"a", "b"});
}

TEST_CASE("a copy of a mux is a mux of its own") {
  auto first = mux{}.on("a", answering("A"));
  auto second = first;
  second.on("a", answering("changed"));
  CHECK(answer_of(first.find("a")) == "A");
  CHECK(answer_of(second.find("a")) == "changed");
}
