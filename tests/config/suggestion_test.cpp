#include "config/suggestion.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <string>
#include <string_view>

namespace callboard::config {

TEST_CASE("the word with the fewest typing errors is suggested") {
  constexpr auto words = std::to_array<std::string_view>(
      {"name", "concurrency", "poll_interval", "types", "timeout", "retry"});
  CHECK(suggestion("concurency", words) == "concurrency");
  CHECK(suggestion("Concurrency", words) == "concurrency");
  CHECK(suggestion("pollInterval", words) == "poll_interval");
  CHECK(suggestion("poll-interval", words) == "poll_interval");
  CHECK(suggestion("type", words) == "types");
  CHECK(suggestion("tiemout", words) == "timeout");
  CHECK(suggestion("retires", words) == std::nullopt);
  CHECK(suggestion("", words) == std::nullopt);
  CHECK(suggestion("priority", words) == std::nullopt);
  CHECK(suggestion(std::string(100'000, 'n'), words) == std::nullopt);
  CHECK(suggestion("name", {}) == std::nullopt);
}

} // namespace callboard::config
