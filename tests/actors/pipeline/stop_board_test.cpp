#include "actors/pipeline/stop_board.hpp"

#include <catch2/catch.hpp>

#include <thread>

using namespace callboard;
using namespace std::chrono_literals;

namespace {

const stop_board::steady_time start{100h};

stop_board::entry job_of(std::string id, std::int64_t fence,
                         std::optional<stop_board::steady_time> deadline = {}) {
  return {.id = std::move(id),
          .type = "welcome",
          .fence = fence,
          .started = start,
          .deadline = deadline,
          .stop = {}};
}

} // namespace

TEST_CASE("a job stands on the board as long as it runs") {
  stop_board board;
  CHECK(board.size() == 0);
  {
    auto running = board.add(job_of("a", 1));
    CHECK(board.size() == 1);
    auto all = board.snapshot();
    REQUIRE(all.size() == 1);
    CHECK(all[0].id == "a");
    CHECK(all[0].fence == 1);
    CHECK(all[0].type == "welcome");
    CHECK(all[0].started == start);
  }
  CHECK(board.size() == 0);
}

TEST_CASE("a job whose deadline has passed is asked to stop, once") {
  stop_board board;
  auto early = job_of("early", 1, start + 10s);
  auto late = job_of("late", 2, start + 20s);
  auto never = job_of("never", 3);
  auto a = board.add(early);
  auto b = board.add(late);
  auto c = board.add(never);
  CHECK(board.next_deadline(1h) == start + 10s);
  CHECK(board.stop_overdue(start + 10s - 1ns) == 0);
  CHECK_FALSE(early.stop.requested());
  CHECK(board.stop_overdue(start + 10s) == 1);
  CHECK(early.stop.requested());
  CHECK_FALSE(late.stop.requested());
  CHECK(board.next_deadline(1h) == start + 20s);
  CHECK(board.stop_overdue(start + 19s) == 0);
  CHECK(board.stop_overdue(start + 1h) == 1);
  // Both are late now; the next moment is the end of their grace.
  CHECK(board.next_deadline(1h) == start + 10s + 1h);
  CHECK_FALSE(never.stop.requested());
}

TEST_CASE("one lease is stopped by id and fence") {
  stop_board board;
  auto old = job_of("a", 1);
  auto renewed = job_of("a", 2);
  auto x = board.add(old);
  auto y = board.add(renewed);
  CHECK_FALSE(board.stop_one("a", 3, stop_reason::cancelled));
  CHECK_FALSE(board.stop_one("b", 1, stop_reason::cancelled));
  CHECK(board.stop_one("a", 2, stop_reason::cancelled));
  CHECK(renewed.stop.requested());
  CHECK_FALSE(old.stop.requested());
}

TEST_CASE("stopping all asks those that run and those that come later") {
  stop_board board;
  auto before = job_of("before", 1);
  auto a = board.add(before);
  board.stop_all(stop_reason::closing);
  CHECK(before.stop.requested());
  auto after = job_of("after", 2);
  auto b = board.add(after);
  CHECK(after.stop.requested());
}

TEST_CASE("the first reason of a stop is the one that counts") {
  stop_board board;
  auto job = job_of("a", 1, start + 1s);
  auto running = board.add(job);
  CHECK(job.stop.reason() == stop_reason::none);
  board.stop_one("a", 1, stop_reason::cancelled);
  CHECK(board.stop_overdue(start + 1s) == 0);
  board.stop_all(stop_reason::closing);
  CHECK(job.stop.reason() == stop_reason::cancelled);
}

TEST_CASE("a job hangs when the grace after its deadline has passed") {
  stop_board board;
  auto a = board.add(job_of("a", 1, start + 1s));
  auto b = board.add(job_of("b", 2, start + 100s));
  auto c = board.add(job_of("c", 3));
  board.stop_overdue(start + 1s);
  CHECK(board.next_deadline(5s) == start + 6s);
  CHECK(board.take_hung(start + 6s - 1ns, 5s).empty());
  auto hung = board.take_hung(start + 6s, 5s);
  REQUIRE(hung.size() == 1);
  CHECK(hung[0].id == "a");
  CHECK(board.size() == 2);
  CHECK(board.next_deadline(5s) == start + 100s);
  CHECK(board.take_hung(start + 7s, 5s).empty());
}

TEST_CASE("the grace begins when the job is asked to stop, however late that "
          "is") {
  stop_board board;
  auto a = board.add(job_of("a", 1, start + 1s));
  // The process was stopped for an hour.
  CHECK(board.take_hung(start + 1h, 5s).empty());
  board.stop_overdue(start + 1h);
  CHECK(board.take_hung(start + 1h, 5s).empty());
  CHECK(board.take_hung(start + 1h + 5s, 5s).size() == 1);
}

TEST_CASE("a job that was cancelled before its deadline can hang, too") {
  stop_board board;
  auto a = board.add(job_of("a", 1, start + 1s));
  board.stop_one("a", 1, stop_reason::cancelled);
  board.stop_overdue(start + 1s);
  CHECK(board.take_hung(start + 6s, 5s).size() == 1);
}

TEST_CASE("a job that ends by itself never hangs") {
  stop_board board;
  auto job = job_of("a", 1, start + 1s);
  job.ends_itself = true;
  auto a = board.add(job);
  CHECK(board.stop_overdue(start + 1s) == 1);
  CHECK(board.take_hung(start + 1h, 5s).empty());
  CHECK_FALSE(board.next_deadline(5s));
}

TEST_CASE("the callback of a stop may use the board") {
  stop_board board;
  auto job = job_of("a", 1, start);
  std::size_t seen = 0;
  std::stop_callback watch{job.stop.token(), [&] {
                             seen = board.size();
                           }};
  auto running = board.add(job);
  CHECK(board.stop_overdue(start) == 1);
  CHECK(seen == 1);
}

TEST_CASE("many threads put jobs on the board and take them off") {
  stop_board board;
  constexpr int rounds = 2000;
  auto work = [&](std::int64_t first) {
    for (auto i = first; i < first + rounds; ++i)
      auto running = board.add(job_of("j", i, start + 1h));
  };
  {
    std::vector<std::jthread> slots;
    for (int i = 0; i < 4; ++i)
      slots.emplace_back(work, i * rounds);
    for (int i = 0; i < rounds; ++i) {
      board.stop_overdue(start);
      board.stop_one("j", i, stop_reason::cancelled);
      CHECK(board.snapshot().size() <= 4);
    }
  }
  CHECK(board.size() == 0);
}
