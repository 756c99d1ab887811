#include "actors/pipeline/stop_board.hpp"

#include <catch2/catch.hpp>

#include <thread>

using namespace callboard;
using namespace std::chrono_literals;

namespace {

const stop_board::steady_time start{100h};

stop_board::entry job_of(std::string id, std::int64_t fence,
                         std::optional<stop_board::steady_time> deadline = {}) {
  return {std::move(id), "welcome", fence, start, deadline, {}};
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
  CHECK(board.next_deadline() == start + 10s);
  CHECK(board.stop_overdue(start + 10s - 1ns) == 0);
  CHECK_FALSE(early.stop.stop_requested());
  CHECK(board.stop_overdue(start + 10s) == 1);
  CHECK(early.stop.stop_requested());
  CHECK_FALSE(late.stop.stop_requested());
  CHECK(board.next_deadline() == start + 20s);
  CHECK(board.stop_overdue(start + 19s) == 0);
  CHECK(board.stop_overdue(start + 1h) == 1);
  CHECK_FALSE(board.next_deadline());
  CHECK_FALSE(never.stop.stop_requested());
}

TEST_CASE("one lease is stopped by id and fence") {
  stop_board board;
  auto old = job_of("a", 1);
  auto renewed = job_of("a", 2);
  auto x = board.add(old);
  auto y = board.add(renewed);
  CHECK_FALSE(board.stop_one("a", 3));
  CHECK_FALSE(board.stop_one("b", 1));
  CHECK(board.stop_one("a", 2));
  CHECK(renewed.stop.stop_requested());
  CHECK_FALSE(old.stop.stop_requested());
}

TEST_CASE("stopping all asks those that run and those that come later") {
  stop_board board;
  auto before = job_of("before", 1);
  auto a = board.add(before);
  board.stop_all();
  CHECK(before.stop.stop_requested());
  auto after = job_of("after", 2);
  auto b = board.add(after);
  CHECK(after.stop.stop_requested());
}

TEST_CASE("the callback of a stop may use the board") {
  stop_board board;
  auto job = job_of("a", 1, start);
  std::size_t seen = 0;
  std::stop_callback watch{job.stop.get_token(), [&] {
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
      board.stop_one("j", i);
      CHECK(board.snapshot().size() <= 4);
    }
  }
  CHECK(board.size() == 0);
}
