#include "app/daemon/once.hpp"
#include "store/database.hpp"

#include <catch2/catch.hpp>

#include <future>

using namespace callboard;
using namespace callboard::app;
using namespace std::chrono_literals;

namespace {

struct once_fixture {
  once_fixture() { REQUIRE(store->join("tester", "").has_value()); }

  void enqueue(const std::string& queue, duration delay = 0us) {
    auto jobs
        = prepare({{.queue = queue, .type = "t", .delay = delay}}).value();
    REQUIRE(store->enqueue(jobs).has_value());
  }

  remaining_work work(duration horizon = 0us) {
    return find_work(*store, {"mail"}, horizon).value();
  }

  leased_job lease() {
    auto batches = store->lease({{.queue = "mail"}}).value();
    REQUIRE(batches.at(0).jobs.size() == 1);
    return batches[0].jobs[0];
  }

  // The test's own clock, so that delays pass when it says so.
  std::shared_ptr<time_point> now
      = std::make_shared<time_point>(std::chrono::hours{24});
  // And that they pass between one statement and the next.
  std::shared_ptr<duration> pace = std::make_shared<duration>(0);
  database_ptr db = open("sqlite::memory:", {.clock = [now = now, pace = pace] {
                           return *now += *pace;
                         }});
  std::unique_ptr<job_store> store = db->connect().value();
};

} // namespace

TEST_CASE_METHOD(once_fixture, "an empty database has no work") {
  CHECK(work().none());
  CHECK(work(1h).none());
}

TEST_CASE_METHOD(once_fixture, "due and running jobs of our queues are work") {
  enqueue("other");
  CHECK(work().none());
  enqueue("mail");
  CHECK(work().now);
  auto job = lease();
  CHECK(work().now);
  REQUIRE(store->settle({{job.value.id, job.fence, completed{}}}).has_value());
  CHECK(work().none());
}

TEST_CASE_METHOD(once_fixture, "a delayed job is work within the horizon") {
  enqueue("mail", 10s);
  CHECK(work().none());
  CHECK(work(9s).none());
  auto later = work(10s).later;
  REQUIRE(later);
  CHECK(*later == 10s);
  *now += 10s;
  CHECK(work().now);
}

TEST_CASE_METHOD(once_fixture, "a job that falls due meanwhile is work") {
  enqueue("mail", 10s);
  auto begin = *now;
  *pace = 3s;
  for (auto after = 0s; after <= 12s; after += 1s) {
    *now = begin + after;
    CHECK_FALSE(work(1min).none());
  }
}

TEST_CASE_METHOD(once_fixture, "dead letters are no work") {
  enqueue("mail");
  auto job = lease();
  REQUIRE(store->settle({{job.value.id, job.fence, dead{"x"}}}).has_value());
  CHECK(work(1h).none());
}

TEST_CASE_METHOD(once_fixture, "many delayed jobs are looked at page by page") {
  std::vector<new_job> jobs(2500, {.queue = "mail", .type = "t", .delay = 2h});
  for (std::size_t i = 0; i < jobs.size(); ++i)
    jobs[i].id = "j" + std::to_string(10'000 + i);
  jobs.back().delay = 5s;
  REQUIRE(store->enqueue(prepare(jobs).value()).has_value());
  CHECK(work(1h).later == duration{5s});
  CHECK(work(1s).none());
}

TEST_CASE_METHOD(once_fixture, "the end is told once, when no work is left") {
  enqueue("mail");
  auto job = lease();
  std::promise<void> ended;
  once_watcher watcher{db, {"mail"}, 0us, [&] {
                         ended.set_value();
                       }};
  watcher.start();
  auto future = ended.get_future();
  watcher.queue_is_empty("mail");
  REQUIRE(store->settle({{job.value.id, job.fence, completed{}}}).has_value());
  watcher.queue_is_empty("mail");
  CHECK(future.wait_for(20s) == std::future_status::ready);
}
