#include "app/bench/plan.hpp"

#include <catch2/catch.hpp>

using namespace callboard::app::bench;
using namespace std::chrono_literals;

TEST_CASE("a plan reaches another process as it is, in one line") {
  part_plan sent{.config = "a \"b\"\n.json",
                 .database = "postgresql://u:p@h/d?x=%20",
                 .queues = {"one", "two"},
                 .concurrency = 16,
                 .size = 4096,
                 .work = 5ms,
                 .ledger = "/proc/1/fd/3",
                 .number = 2};
  auto line = to_line(sent);
  CHECK(line.find('\n') == std::string::npos);
  auto got = plan_of(line).value();
  CHECK(got.config == sent.config);
  CHECK(got.database == sent.database);
  CHECK(got.queues == sent.queues);
  CHECK(got.concurrency == sent.concurrency);
  CHECK(got.size == sent.size);
  CHECK(got.work == sent.work);
  CHECK(got.ledger == sent.ledger);
  CHECK(got.number == sent.number);
}

TEST_CASE("a production reaches another process as it is") {
  production sent{.first = 5,
                  .last = 5'000'000'000,
                  .producers = 3,
                  .bulk = 77,
                  .rate = 9,
                  .one_by_one = true};
  auto got = production_of(to_line(sent)).value();
  CHECK(got.first == sent.first);
  CHECK(got.last == sent.last);
  CHECK(got.producers == sent.producers);
  CHECK(got.bulk == sent.bulk);
  CHECK(got.rate == sent.rate);
  CHECK(got.one_by_one);
}

TEST_CASE("a line that is none is an error, not a plan") {
  for (const auto* line : {"", "work", "{}", "[1]", R"({"first":"x"})"}) {
    CHECK(plan_of(line).has_error());
    CHECK(production_of(line).has_error());
  }
}
