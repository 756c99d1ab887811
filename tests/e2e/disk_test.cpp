#include "tests/e2e/scene.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace callboard::test;
using Catch::Contains;

TEST_CASE("a disk that takes no more stores whole batches only") {
  scene here{backend::make(backend_kind::sqlite_file)};
  here.ok({"migrate"});
  std::string lines;
  for (int i = 0; i < 5000; ++i)
    lines += "{\"queue\": \"mail\", \"type\": \"welcome\", \"arg\": \""
             + std::string(500, 'x') + "\"}\n";
  here.write("jobs.jsonl", lines);
  auto limited = here.options();
  limited.file_limit = 1536 * 1024;
  auto done
      = run({"sh", "-c", CALLBOARD_PROGRAM " enqueue --stdin <jobs.jsonl"}, {},
            limited);
  INFO(done.err);
  CHECK(done.code == 1);
  CHECK_THAT(done.err,
             Contains("disk") && Contains("are stored, nothing from line"));
  // With room again, exactly what was reported is there, and is performed.
  auto reported = std::count(done.out.begin(), done.out.end(), '\n');
  CHECK(reported < 5000);
  CHECK(here.waiting() == reported);
  here.ok({"run", "--once"});
  CHECK(here.waiting() == 0);
}
