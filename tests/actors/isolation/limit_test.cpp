#include "tests/actors/isolation/isolated_queue.hpp"

#include <catch2/catch.hpp>

using namespace callboard;
using namespace callboard::test;
using namespace std::chrono_literals;
using Catch::Contains;
using Catch::StartsWith;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SKIPPED_TAG "[.]"
#else
#define SKIPPED_TAG ""
#endif

// A sanitizer maps terabytes of data for its own use, so that no limit of
// memory can be set under it.

TEST_CASE("a handler without memory fails, and its process is replaced",
          SKIPPED_TAG) {
  isolated_queue queue{{.memory = 64 << 20}};
  auto before = queue.process();
  CHECK(queue.error("hog") == "out of memory: its process may hold 64 MiB");
  CHECK(queue.process() != before);
}

TEST_CASE("without memory and without exceptions the process dies",
          SKIPPED_TAG) {
  isolated_queue queue{{.memory = 64 << 20}};
  CHECK_THAT(queue.error("hog_and_never_throw"),
             StartsWith("the handler's process was killed by SIGABRT"));
  CHECK(queue("complete") == complete());
}

TEST_CASE("workers that need more memory than there may be are refused",
          SKIPPED_TAG) {
  isolated_queue queue{{.memory = 64 << 20, .startup = "hog"}};
  CHECK_THAT(queue.error("complete"),
             Contains("can't work: out of memory: its process may hold 64"));
}

TEST_CASE("the least limit of memory is enough for a small program",
          SKIPPED_TAG) {
  isolated_queue queue{{.memory = process_isolation::least_memory}};
  CHECK(queue("complete") == complete());
}

TEST_CASE("an infinite loop ends with its processor time") {
  isolated_queue queue{{.cpu_time = 1s}};
  auto before = queue.process();
  CHECK_THAT(queue.error("spin"),
             StartsWith("the handler's process was killed by SIGXCPU")
                 && Contains("having used more than its cpu_time of 1 s"));
  CHECK(queue.process() != before);
}

TEST_CASE("processor time counts for each job anew") {
  isolated_queue queue{{.cpu_time = 1s}};
  auto before = queue.process();
  for (int i = 0; i < 100; ++i)
    CHECK(queue("complete") == complete());
  CHECK(queue.process() == before);
}
