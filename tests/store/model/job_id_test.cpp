#include "store/model/job_id.hpp"
#include "store/model/time.hpp"

#include <catch2/catch.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace callboard {

namespace {

bool is_lower_hex(const std::string& text) {
  return text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

std::int64_t milliseconds_of(const std::string& id) {
  return std::stoll(id.substr(0, 8) + id.substr(9, 4), nullptr, 16);
}

std::int64_t milliseconds_now() {
  return std::chrono::floor<std::chrono::milliseconds>(system_now())
      .time_since_epoch()
      .count();
}

} // namespace

TEST_CASE("a job id is a UUIDv7 in lower case") {
  auto id = new_job_id();
  REQUIRE(id.size() == 36);
  for (auto at : {8, 13, 18, 23})
    CHECK(id[at] == '-');
  CHECK(id[14] == '7');
  CHECK(std::string{"89ab"}.find(id[19]) != std::string::npos);
  std::erase(id, '-');
  CHECK(id.size() == 32);
  CHECK(is_lower_hex(id));
}

TEST_CASE("a job id begins with the milliseconds of its making") {
  auto before = milliseconds_now();
  auto id = new_job_id();
  // Ids of a burst in the same process may run ahead by some milliseconds.
  CHECK(milliseconds_of(id) >= before);
  CHECK(milliseconds_of(id) <= milliseconds_now() + 1000);
}

TEST_CASE("job ids grow within the process, also within a millisecond") {
  std::vector<std::string> ids(50'000);
  std::ranges::generate(ids, new_job_id);
  CHECK(std::ranges::adjacent_find(ids, std::greater_equal{}) == ids.end());
}

TEST_CASE("job ids made by many threads are all different and grow in each") {
  constexpr std::size_t threads = 8;
  std::array<std::vector<std::string>, threads> made;
  {
    std::vector<std::jthread> makers;
    for (auto& mine : made)
      makers.emplace_back([&mine] {
        mine.resize(10'000);
        std::ranges::generate(mine, new_job_id);
      });
  }
  std::set<std::string> all;
  for (auto& mine : made) {
    CHECK(std::ranges::is_sorted(mine));
    all.insert(mine.begin(), mine.end());
  }
  CHECK(all.size() == threads * 10'000);
}

TEST_CASE("a request id is 32 hexadecimal characters and new each time") {
  std::set<std::string> ids;
  for (int i = 0; i < 1000; ++i) {
    auto id = new_request_id();
    CHECK(id.size() == 32);
    CHECK(is_lower_hex(id));
    ids.insert(id);
  }
  CHECK(ids.size() == 1000);
}

TEST_CASE("a forked child makes other ids than its parent") {
  // The parent has random bytes in stock when it forks.
  new_request_id();
  std::array<int, 2> ends{};
  REQUIRE(pipe(ends.data()) == 0);
  auto child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    auto id = new_request_id();
    auto done = write(ends[1], id.data(), id.size());
    _exit(done == static_cast<ssize_t>(id.size()) ? 0 : 1);
  }
  auto own = new_request_id();
  std::string its(32, ' ');
  REQUIRE(read(ends[0], its.data(), its.size()) == 32);
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  CHECK(its != own);
  close(ends[0]);
  close(ends[1]);
}

} // namespace callboard
