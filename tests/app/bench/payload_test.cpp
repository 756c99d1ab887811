#include "app/bench/payload.hpp"

#include <catch2/catch.hpp>

#include <set>

using callboard::app::bench::payload;

TEST_CASE("an arg has the wanted size and carries its number") {
  for (std::size_t size : {std::size_t{40}, std::size_t{100}, std::size_t{4096},
                           std::size_t{1048576}}) {
    payload args{size};
    for (std::uint64_t number : {0ULL, 7ULL, 49'999'999ULL}) {
      auto arg = args.arg_of(number);
      CHECK(arg.size() == size);
      CHECK(payload::number_of(arg).value() == number);
    }
  }
}

TEST_CASE("an arg is JSON text that differs from place to place") {
  auto arg = payload{200}.arg_of(12);
  CHECK(arg.starts_with(R"({"job":12,"rest":")"));
  CHECK(arg.ends_with(R"("})"));
  CHECK(std::set<char>(arg.begin(), arg.end()).size() > 40);
}

TEST_CASE("the arg of somebody else has no number") {
  for (const auto* arg :
       {"", "{}", "7", R"({"job":)", R"({"job":x,"rest":""})", R"({"job":12})",
        R"({"job":99999999999999999999,"rest":""})"})
    CHECK_FALSE(payload::number_of(arg).has_value());
}
