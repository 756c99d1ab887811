#include "store/sql/expand.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace callboard::store;

namespace {

constexpr fragment fragments[] = {
    {"now", "coalesce(@, clock())"},
    {"row", "x.id, x.at"},
    {"due", "x.at <= {now $2} and x.free"},
};

std::string expanded_text(std::string_view text) {
  std::string out;
  auto append = [&](char c) {
    out.push_back(c);
  };
  expand(text, fragments, append);
  return out;
}

template <literal Text>
consteval auto operator""_sql() {
  return expanded<Text, fragments>();
}

constexpr auto ready = R"sql(select {row} from x where {due})sql"_sql;

} // namespace

TEST_CASE("a statement is expanded when it is compiled") {
  std::string text{static_cast<const char*>(ready)};
  CHECK(text
        == "select x.id, x.at from x where x.at <= coalesce($2, clock()) and"
           " x.free");
}

TEST_CASE("a fragment takes the argument of its placeholder") {
  CHECK(expanded_text("{now $7}") == "coalesce($7, clock())");
  CHECK(expanded_text("{now a.b + 1};") == "coalesce(a.b + 1, clock());");
  CHECK(expanded_text("{now}") == "coalesce(, clock())");
}

TEST_CASE("text without placeholders stays as it is") {
  CHECK(expanded_text("").empty());
  CHECK(expanded_text("select 1 -- $1::int8[]\n")
        == "select 1 -- $1::int8[]\n");
}

TEST_CASE("an unknown fragment or a lost brace is refused") {
  CHECK_THROWS_AS(expanded_text("select {rows}"), std::invalid_argument);
  CHECK_THROWS_AS(expanded_text("select {}"), std::invalid_argument);
  CHECK_THROWS_AS(expanded_text("select {row"), std::invalid_argument);
  CHECK_THROWS_AS(expanded_text("select row}"), std::invalid_argument);
}
