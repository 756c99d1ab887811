#include "actors/isolation/child_pool.hpp"
#include "actors/isolation/nursery.hpp"
#include "tests/actors/isolation/isolated_queue.hpp"
#include "tests/support/await_end.hpp"

#include <catch2/catch.hpp>

#include <sys/wait.h>

#include <atomic>
#include <cerrno>
#include <filesystem>
#include <latch>
#include <set>
#include <thread>

using namespace callboard;
using namespace callboard::test;
using namespace std::chrono_literals;

namespace {

auto descriptors() {
  return std::distance(std::filesystem::directory_iterator{"/proc/self/fd"},
                       {});
}

} // namespace

TEST_CASE("a process is used again, and replaced after its number of jobs") {
  isolated_queue queue{{.recycle_after = 3}};
  std::vector<pid_t> used;
  for (int i = 0; i < 6; ++i)
    used.push_back(queue.process());
  CHECK(used[0] == used[1]);
  CHECK(used[0] == used[2]);
  CHECK(used[2] != used[3]);
  CHECK(used[3] == used[5]);
  CHECK(await_end(used[0]));
}

TEST_CASE("jobs that run at once have a process each") {
  constexpr std::size_t slots = 64;
  isolated_queue queue;
  stop_signal stop;
  std::mutex mutex;
  std::set<std::string> processes;
  std::latch all{slots};
  std::atomic<int> good = 0;
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < slots; ++i)
      threads.emplace_back([&] {
        auto answer = queue({.type = "wait",
                             .stop = stop,
                             .on_line = [&](const std::string& line) {
                               std::lock_guard guard{mutex};
                               processes.insert(line);
                               all.count_down();
                             }});
        good += answer == retry(1s, "cancelled") ? 1 : 0;
      });
    all.wait();
    stop.request(stop_reason::cancelled);
  }
  CHECK(good == slots);
  CHECK(processes.size() == slots);
}

TEST_CASE("many threads share their processes") {
  isolated_queue queue;
  std::atomic<int> good = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i)
      threads.emplace_back([&] {
        for (int n = 0; n < 200; ++n)
          good += queue("complete") == complete() ? 1 : 0;
      });
  }
  CHECK(good == 800);
}

TEST_CASE("processes leave no descriptor and no zombie") {
  // The guardian and the nursery stay.
  isolated_queue{}("complete");
  auto before = descriptors();
  {
    isolated_queue queue{{.recycle_after = 2, .kill_after = 10ms}};
    for (auto type : {"complete", "segv", "complete", "hang_up", "complete",
                      "complete", "complete"})
      queue(type);
    queue({.type = "garbage", .arg = "garbage garbage"});
    queue({.type = "die", .time = 1ms});
    CHECK(descriptors() > before - 1);
  }
  CHECK(descriptors() == before);
  // Only the guardian is a child of ours now, and it lives.
  CHECK(::waitpid(-1, nullptr, WNOHANG) == 0);
}

TEST_CASE("a process has the descriptors of the protocol and no other") {
  isolated_queue queue;
  CHECK(queue.error("descriptors") == "0 1 2 3 4 ");
}

TEST_CASE("the processes of a queue end with it") {
  pid_t process = 0;
  {
    isolated_queue queue;
    process = queue.process();
  }
  CHECK(await_end(process));
}
