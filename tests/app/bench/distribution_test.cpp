#include "app/bench/distribution.hpp"

#include <catch2/catch.hpp>

using callboard::app::bench::distribution;
using namespace std::chrono_literals;

TEST_CASE("a distribution without values answers zero") {
  distribution none;
  CHECK(none.empty());
  CHECK(none.percentile(50) == 0ns);
  CHECK(none.max() == 0ns);
}

TEST_CASE("percentiles are values of the distribution, by nearest rank") {
  distribution hundred;
  // From 100 down to 1.
  for (auto value = 100ns; value > 0ns; --value)
    hundred.add(value);
  CHECK(hundred.size() == 100);
  CHECK(hundred.percentile(0) == 1ns);
  CHECK(hundred.percentile(1) == 1ns);
  CHECK(hundred.percentile(50) == 50ns);
  CHECK(hundred.percentile(50.1) == 51ns);
  CHECK(hundred.percentile(95) == 95ns);
  CHECK(hundred.percentile(99) == 99ns);
  CHECK(hundred.max() == 100ns);
}

TEST_CASE("a percentile of few values is the next greater one") {
  distribution few;
  for (auto value : {10ns, 20ns, 30ns})
    few.add(value);
  CHECK(few.percentile(33) == 10ns);
  CHECK(few.percentile(34) == 20ns);
  CHECK(few.percentile(99) == 30ns);
}

TEST_CASE("values that come after a question count, too") {
  distribution values;
  values.add(5ns);
  CHECK(values.max() == 5ns);
  values.add(7ns);
  values.add(1ns);
  CHECK(values.max() == 7ns);
  CHECK(values.percentile(0) == 1ns);
}

TEST_CASE("a handler that began before its enqueue returned waited no time") {
  distribution values;
  values.add(-3us);
  CHECK(values.max() == 0ns);
}
