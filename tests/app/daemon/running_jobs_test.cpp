#include "app/daemon/running_jobs.hpp"

#include <catch2/catch.hpp>

using namespace callboard;
using namespace callboard::app;

namespace {

job_facts facts(std::string id, std::int64_t fence) {
  return {.id = std::move(id),
          .queue = "mail",
          .type = "welcome",
          .request_id = "",
          .attempt = 1,
          .fence = fence};
}

using names = std::vector<std::string>;

} // namespace

TEST_CASE("a job runs from its start to its outcome") {
  running_jobs jobs;
  for (int fence = 1; fence <= 6; ++fence)
    jobs.job_started(facts("j" + std::to_string(fence), fence));
  jobs.job_completed(facts("j1", 1), {});
  jobs.job_rescheduled(facts("j2", 2), {}, duration{1});
  jobs.job_will_be_retried(facts("j3", 3), {}, {}, "x");
  jobs.job_moved_to_dlq(facts("j4", 4), {}, "x");
  jobs.outcome_fenced(facts("j5", 5));
  CHECK(jobs.names() == names{"mail/welcome j6"});
}

TEST_CASE("a job without a start has no end") {
  running_jobs jobs;
  jobs.job_moved_to_dlq(facts("exhausted", 7), {}, "attempts used up");
  CHECK(jobs.names().empty());
}
