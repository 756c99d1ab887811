#include "actors/poller/deal.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace callboard;
using namespace callboard::actors;

namespace {

leased_job job_of(std::int64_t fence, bool recorded = false) {
  leased_job job;
  job.value.id = std::to_string(fence);
  job.fence = fence;
  job.recorded = recorded;
  return job;
}

leased_job suspect_of(std::int64_t fence) {
  auto job = job_of(fence, true);
  job.suspect = true;
  return job;
}

/// A buffer and what is said of it.
struct table {
  std::deque<leased_job> buffer;
  std::set<std::int64_t> last_attempts{};
  std::set<std::int64_t> recording{};
  bool hushed = false;
  bool suspects_wait = true;
  std::optional<std::int64_t> alone{};
  deal_result result{};

  /// The fences of each chunk.
  std::vector<std::vector<std::int64_t>> deal(std::size_t idle,
                                              std::size_t chunk) {
    result = actors::deal(buffer, {.idle_slots = idle,
                                   .chunk = chunk,
                                   .last_attempt =
                                       [this](const leased_job& x) {
                                         return last_attempts.contains(x.fence);
                                       },
                                   .recording = recording,
                                   .hushed = hushed,
                                   .suspects_wait = suspects_wait,
                                   .alone = alone});
    std::vector<std::vector<std::int64_t>> fences;
    for (const auto& part : result.chunks)
      for (auto& list = fences.emplace_back(); const auto& job : part)
        list.push_back(job.fence);
    return fences;
  }

  std::vector<std::int64_t> left() const {
    std::vector<std::int64_t> fences;
    for (const auto& job : buffer)
      fences.push_back(job.fence);
    return fences;
  }

  std::vector<std::int64_t> asked() const {
    std::vector<std::int64_t> fences;
    for (const auto& lease : result.to_record)
      fences.push_back(lease.fence);
    return fences;
  }
};

using chunks = std::vector<std::vector<std::int64_t>>;
using fences = std::vector<std::int64_t>;

} // namespace

TEST_CASE("the first jobs begin first, and the next lie behind them in turn") {
  table x{{job_of(1, true), job_of(2, true), job_of(3), job_of(4), job_of(5),
           job_of(6)}};
  CHECK(x.deal(2, 2) == chunks{{1, 3}, {2, 4}});
  CHECK(x.left() == fences{5, 6});
  CHECK(x.deal(0, 2).empty());
  CHECK(x.left() == fences{5, 6});
}

TEST_CASE("few jobs are spread over the idle slots") {
  table x{{job_of(1), job_of(2), job_of(3)}};
  CHECK(x.deal(5, 10) == chunks{{1}, {2}, {3}});
  CHECK(x.buffer.empty());
}

TEST_CASE("a job whose start is recorded never lies behind another") {
  table x{{job_of(1), job_of(2, true), job_of(3)}};
  CHECK(x.deal(1, 10) == chunks{{1}});
  CHECK(x.left() == fences{2, 3});
}

TEST_CASE("a last attempt is recorded before it begins, and keeps a slot "
          "meanwhile") {
  table x{{job_of(1), job_of(2), job_of(3), job_of(4)}, {2}};
  CHECK(x.deal(2, 1) == chunks{{1}});
  CHECK(x.asked() == fences{2});
  CHECK(x.left() == fences{2, 3, 4});
  // Asked once; the idle slot is still kept for it.
  x.recording.insert(2);
  CHECK(x.deal(1, 1).empty());
  CHECK(x.asked().empty());
  CHECK(x.left() == fences{2, 3, 4});
  x.buffer.front().recorded = true;
  CHECK(x.deal(1, 1) == chunks{{2}});
  CHECK(x.left() == fences{3, 4});
}

TEST_CASE("as many last attempts are recorded as can begin, one in each "
          "slot") {
  table x{{job_of(1), job_of(2), job_of(3), job_of(4)}, {1, 2, 3, 4}};
  CHECK(x.deal(3, 10).empty());
  CHECK(x.asked() == fences{1, 2, 3});
  CHECK(x.left() == fences{1, 2, 3, 4});
}

TEST_CASE("a suspect waits until it may start, and others go past it") {
  table x{{suspect_of(1), job_of(2)}};
  CHECK(x.deal(2, 10) == chunks{{2}});
  CHECK(x.left() == fences{1});
  x.alone = 1;
  CHECK(x.deal(2, 10) == chunks{{1}});
}

TEST_CASE("nothing lies behind a suspect") {
  table x{{suspect_of(1), job_of(2), job_of(3)}};
  x.alone = 1;
  CHECK(x.deal(1, 10) == chunks{{1}});
  CHECK(x.left() == fences{2, 3});
}

TEST_CASE("a hushed poller starts nothing but the suspect that may") {
  table x{{job_of(1), suspect_of(2), job_of(3)}};
  x.hushed = true;
  CHECK(x.deal(3, 10).empty());
  CHECK(x.left() == fences{1, 2, 3});
  x.alone = 2;
  CHECK(x.deal(3, 10) == chunks{{2}});
  CHECK(x.left() == fences{1, 3});
}

TEST_CASE("where jobs can't kill the node, a suspect is a job like others") {
  table x{{suspect_of(1), job_of(2), job_of(3)}};
  x.suspects_wait = false;
  CHECK(x.deal(2, 10) == chunks{{1, 3}, {2}});
}
