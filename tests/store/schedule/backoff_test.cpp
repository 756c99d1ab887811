#include "store/schedule/backoff.hpp"
#include "tests/support/random_seed.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>

using namespace std::chrono_literals;

namespace callboard {

namespace {

using kind = backoff::kind;

constexpr auto max_attempt = std::numeric_limits<std::int32_t>::max();

} // namespace

TEST_CASE("a fixed back-off always waits as long as first") {
  backoff x{kind::fixed, 2s, 1min, 0};
  CHECK(x.after(1, 0) == 2s);
  CHECK(x.after(7, 0) == 2s);
  CHECK(x.after(max_attempt, 0) == 2s);
}

TEST_CASE("a linear back-off grows by first up to the limit") {
  backoff x{kind::linear, 2s, 7s, 0};
  CHECK(x.after(1, 0) == 2s);
  CHECK(x.after(2, 0) == 4s);
  CHECK(x.after(3, 0) == 6s);
  CHECK(x.after(4, 0) == 7s);
  CHECK(x.after(max_attempt, 0) == 7s);
}

TEST_CASE("an exponential back-off doubles up to the limit") {
  backoff x{kind::exponential, 1s, 10min, 0};
  CHECK(x.after(1, 0) == 1s);
  CHECK(x.after(2, 0) == 2s);
  CHECK(x.after(3, 0) == 4s);
  CHECK(x.after(10, 0) == 512s);
  CHECK(x.after(11, 0) == 10min);
  CHECK(x.after(64, 0) == 10min);
  CHECK(x.after(65, 0) == 10min);
  CHECK(x.after(max_attempt, 0) == 10min);
}

TEST_CASE("an attempt under 1 waits like the first") {
  backoff x{kind::exponential, 1s, 10min, 0};
  CHECK(x.after(0, 0) == 1s);
  CHECK(x.after(-1, 0) == 1s);
  CHECK(x.after(std::numeric_limits<std::int32_t>::min(), 0) == 1s);
}

TEST_CASE("no back-off overflows, however long its limit is") {
  auto shape = GENERATE(kind::fixed, kind::linear, kind::exponential);
  backoff x{shape, 1us, duration::max(), 0};
  CHECK(x.after(max_attempt, 0) >= 1us);
  x.first = duration::max();
  CHECK(x.after(1, 0) == duration::max());
  CHECK(x.after(max_attempt, 0) == duration::max());
  x.jitter = 1;
  CHECK(x.after(max_attempt, 0.999999) >= 0us);
  CHECK(x.after(max_attempt, 0.999999) <= duration::max());
}

TEST_CASE("jitter takes its share off the delay") {
  backoff x{kind::fixed, 10s, 1min, 0.5};
  CHECK(x.after(1, 0) == 10s);
  CHECK(x.after(1, 0.5) == 7500ms);
  x.jitter = 1;
  CHECK(x.after(1, 0.5) == 5s);
}

TEST_CASE("a back-off that was never checked still waits no negative time") {
  CHECK(backoff{kind::fixed, -1s, 1min, 0}.after(1, 0) == 0s);
  CHECK(backoff{kind::linear, 1s, -1min, 0}.after(1, 0) == 0s);
  CHECK(backoff{kind::fixed, 1s, 1min, -1}.after(1, 0.5) == 1s);
  CHECK(backoff{kind::fixed, 1s, 1min, 7}.after(1, 0.5) == 500ms);
  CHECK(backoff{kind::fixed, 1s, 1min, NAN}.after(1, 0.5) == 1s);
}

TEST_CASE("every delay lies within the bounds of its jitter") {
  std::mt19937_64 random{tests::random_seed("back-off")};
  std::uniform_real_distribution<double> unit{0, 1};
  for (int round = 0; round < 50'000; ++round) {
    // Widths from a microsecond to centuries.
    auto any_duration = [&] {
      return duration{1 + (random() >> (8 + random() % 55))};
    };
    backoff x{kind{static_cast<std::uint8_t>(random() % 3)}, any_duration(),
              any_duration(), unit(random)};
    x.limit = std::max(x.limit, x.first);
    auto attempt = static_cast<std::int32_t>(1 + random() % 100);
    REQUIRE(x.validate().has_value());
    auto calm = x;
    calm.jitter = 0;
    auto whole = calm.after(attempt, 0);
    auto got = x.after(attempt, unit(random));
    CAPTURE(round, attempt, x.first.count(), x.limit.count(), x.jitter);
    REQUIRE(whole >= x.first);
    REQUIRE(whole <= x.limit);
    REQUIRE(calm.after(attempt + 1, 0) >= whole);
    REQUIRE(got <= whole);
    // A rounded microsecond, or the last digits of a double.
    auto slack = 1 + std::ldexp(static_cast<double>(whole.count()), -50);
    REQUIRE(static_cast<double>(got.count())
            >= (1 - x.jitter) * static_cast<double>(whole.count()) - slack);
  }
}

TEST_CASE("each fault of a back-off names the field and the remedy") {
  struct row {
    backoff value;
    std::string message;
  };
  auto x = GENERATE(
      row{{kind::fixed, -1s, 1s, 0},
          "backoff: first is negative; 0 tries again at once"},
      row{{kind::linear, 0s, 1s, 0},
          "backoff: first is 0, which can't grow; use the fixed shape or a "
          "longer delay"},
      row{{kind::exponential, 0s, 1s, 0},
          "backoff: first is 0, which can't grow; use the fixed shape or a "
          "longer delay"},
      row{{kind::fixed, 2s, 1s, 0},
          "backoff: limit is shorter than first; no delay would be allowed"},
      row{{kind::fixed, 1s, 1s, -0.1},
          "backoff: jitter must be between 0 and 1"},
      row{{kind::fixed, 1s, 1s, 1.1},
          "backoff: jitter must be between 0 and 1"},
      row{{kind::fixed, 1s, 1s, NAN},
          "backoff: jitter must be between 0 and 1"});
  auto done = retry_policy{.wait = x.value}.validate();
  REQUIRE(done.has_error());
  CHECK(done.error() == error{errc::invalid_config, x.message});
}

TEST_CASE("a retry policy takes 0 attempts as no end, and no negative number") {
  CHECK(retry_policy{}.validate().has_value());
  CHECK(retry_policy{.max_attempts = 0}.validate().has_value());
  auto done = retry_policy{.max_attempts = -1}.validate();
  REQUIRE(done.has_error());
  CHECK(done.error()
        == error{errc::invalid_config,
                 "retry: max_attempts is negative; 0 tries for ever"});
}

TEST_CASE("a fixed back-off may try again at once") {
  CHECK(backoff{kind::fixed, 0s, 0s, 0}.validate().has_value());
  CHECK(backoff{kind::fixed, 0s, 0s, 0}.after(3, 0.5) == 0s);
}

} // namespace callboard
