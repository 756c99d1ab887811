#include "actors/storage/settle_queue.hpp"

#include <catch2/catch.hpp>

using namespace callboard;
using callboard::actors::finished_job;
using callboard::actors::settle_queue;

namespace {

std::vector<finished_job> outcomes(std::size_t count) {
  std::vector<finished_job> all(count);
  for (std::size_t i = 0; i < count; ++i)
    all[i].outcome.id = std::to_string(i);
  return all;
}

} // namespace

TEST_CASE("outcomes leave in order and in bounded batches") {
  settle_queue queue;
  queue.add(outcomes(1500));
  auto first = queue.take();
  CHECK(first.size() == settle_queue::largest_batch);
  CHECK(first[0].job.outcome.id == "0");
  auto second = queue.take();
  CHECK(second.size() == 500);
  CHECK(queue.size() == 1500);
  queue.done(first);
  queue.done(second);
  CHECK(queue.size() == 0);
}

TEST_CASE("outcomes that could not be written come first again") {
  settle_queue queue;
  queue.add(outcomes(2));
  queue.failed(queue.take(), {errc::database_unreachable, "away"});
  auto again = queue.take();
  REQUIRE(again.size() == 2);
  CHECK(again[0].job.outcome.id == "0");
  CHECK_FALSE(again[0].alone);
  CHECK_FALSE(again[0].in_doubt);
}

TEST_CASE("after a commit in doubt, outcomes are marked as possibly written") {
  settle_queue queue;
  queue.add(outcomes(1));
  queue.failed(queue.take(), {errc::commit_unknown, "cut"});
  CHECK(queue.take()[0].in_doubt);
}

TEST_CASE("outcomes that the database refuses go alone, and in the end become "
          "dead letters") {
  settle_queue queue;
  queue.add(outcomes(2));
  const error refusal{errc::database_error, "no"};
  queue.failed(queue.take(), refusal);
  for (int i = 0; i < settle_queue::most_refusals; ++i) {
    auto batch = queue.take();
    REQUIRE(batch.size() == 1);
    CHECK(std::holds_alternative<completed>(batch[0].job.outcome.action));
    queue.failed(std::move(batch), refusal);
  }
  auto last = queue.take();
  REQUIRE(last.size() == 1);
  REQUIRE(std::holds_alternative<dead>(last[0].job.outcome.action));
  CHECK_THAT(std::get<dead>(last[0].job.outcome.action).error,
             Catch::Contains("could not be stored"));
}

TEST_CASE("a queue that is too long says so") {
  settle_queue queue;
  queue.add(outcomes(settle_queue::high_water - 1));
  CHECK_FALSE(queue.congested());
  queue.add(outcomes(1));
  CHECK(queue.congested());
}

TEST_CASE("a queue knows whether it owes the store outcomes of last attempts") {
  settle_queue queue;
  queue.add(outcomes(3));
  CHECK_FALSE(queue.owes_last(queue.mark()));
  auto before = queue.mark();
  auto last = outcomes(2);
  last[1].last_attempt = true;
  queue.add(last);
  auto after = queue.mark();
  queue.add(last);
  CHECK_FALSE(queue.owes_last(before));
  CHECK(queue.owes_last(after));
  queue.failed(queue.take(), {errc::database_unreachable, "away"});
  CHECK(queue.owes_last(after));
  auto all = queue.take();
  REQUIRE(all.size() == 7);
  CHECK(queue.owes_last(after));
  queue.done(all);
  CHECK_FALSE(queue.owes_last(after));
  CHECK_FALSE(queue.owes_last(queue.mark()));
}
