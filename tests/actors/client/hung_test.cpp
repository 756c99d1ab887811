#include "actors/callboard.hpp"
#include "tests/support/event_log.hpp"
#include "tests/support/memory_store.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <future>
#include <memory>

using namespace callboard;
using namespace std::chrono_literals;

namespace {

/// A queue whose first attempts wait for the test, deaf to their stop token.
struct deaf {
  std::promise<void> door;
  std::shared_future<void> opened{door.get_future()};
  std::atomic<int> stopped{0};

  static worker_config worker(const std::shared_ptr<deaf>& self) {
    return {.queue = "mail",
            .handle = mux{}.otherwise(
                [self](const job& x, context& here) {
                  if (x.attempt == 1)
                    self->opened.wait();
                  if (here.why_stopped() == stop_reason::timed_out)
                    ++self->stopped;
                  return complete();
                },
                {.retry = {.wait = {.shape = backoff::kind::fixed,
                                    .first = 0s,
                                    .jitter = 0}},
                 .timeout = 20ms})};
  }
};

client_options quick(const std::shared_ptr<testing::event_log>& log) {
  client_options options;
  options.hung_grace = 10ms;
  options.observers.push_back(log);
  return options;
}

std::shared_ptr<testing::memory_database> on_the_real_clock() {
  return std::make_shared<testing::memory_database>(
      database_options{.clock = system_now});
}

} // namespace

TEST_CASE("a thread that comes back after its job was given up ends quietly") {
  auto db = on_the_real_clock();
  auto log = std::make_shared<testing::event_log>();
  auto slow = std::make_shared<deaf>();
  auto options = quick(log);
  std::promise<void> back;
  options.log = [&](const log_record& x) {
    if (x.message.find("came back") != std::string::npos)
      back.set_value();
  };
  client jobs{db, options};
  jobs.upgrade({deaf::worker(slow)});
  auto id = jobs.enqueue({.queue = "mail", .type = "any"});
  REQUIRE(log->wait_for("hung " + id));
  // The new slot performs the second attempt.
  REQUIRE(log->wait_for("completed " + id));
  CHECK(jobs.counters().hung == 1);
  CHECK(jobs.queues().at(0).hung == 1);
  CHECK(slow->stopped == 0);
  slow->door.set_value();
  REQUIRE(back.get_future().wait_for(60s) == std::future_status::ready);
  CHECK(slow->stopped == 1);
  CHECK(jobs.counters().hung == 0);
  auto report = jobs.close();
  CHECK(report.drained);
  CHECK(report.hung == 0);
  CHECK(log->count("completed " + id) == 1);
  CHECK(log->count("fenced " + id) == 0);
}

TEST_CASE("a client closes though a thread never comes back") {
  auto db = on_the_real_clock();
  auto log = std::make_shared<testing::event_log>();
  // Shared with the handler, which outlives this test.
  auto slow = std::make_shared<deaf>();
  {
    client jobs{db, quick(log)};
    jobs.upgrade({deaf::worker(slow)});
    auto id = jobs.enqueue({.queue = "mail", .type = "any"});
    REQUIRE(log->wait_for("completed " + id));
    auto before = std::chrono::steady_clock::now();
    auto report = jobs.close();
    CHECK(report.drained);
    CHECK(report.hung == 1);
    // Less than the 10 s that actors have to end, which one never will.
    CHECK(std::chrono::steady_clock::now() - before < 8s);
  }
  CHECK(db->node_count() == 0);
  slow->door.set_value();
}
