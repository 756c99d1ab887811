#include "tests/seed/seed_fixture.hpp"

#include <catch2/catch.hpp>
#include <soci/soci.h>

#include <atomic>
#include <future>
#include <set>
#include <thread>

using namespace callboard;
using namespace callboard::test;

TEST_CASE("concurrency and poll interval have the seed's defaults") {
  auto config
      = worker_config{.queue = "q",
                      .concurrency = GENERATE(0, -3),
                      .poll_interval = GENERATE(duration{0}, duration{-5}),
                      .handle = [](const job&, context&) {
                        return complete();
                      }};
  auto filled = config.normalized().value();
  CHECK(filled.concurrency == 1);
  CHECK(filled.poll_interval == 1s);
}

TEST_CASE("a thousand jobs from 16 publishers pass through 32 slots") {
  auto fixture = seed_fixture{GENERATE("sqlite", "postgresql")};
  auto jobs = fixture.make_client();
  constexpr auto publishers = 16;
  constexpr auto total = 1000;
  auto mutex = std::mutex{};
  auto performed = std::map<std::string, int>{};
  auto running = std::atomic<int>{0};
  auto most = std::atomic<int>{0};
  jobs.upgrade({{.queue = "q",
                 .concurrency = 32,
                 .handle = [&](const job& work, context&) {
                   auto now = ++running;
                   auto before = most.load();
                   while (before < now
                          && !most.compare_exchange_weak(before, now)) {
                   }
                   {
                     auto lock = std::lock_guard{mutex};
                     ++performed[work.arg];
                   }
                   --running;
                   return complete();
                 }}});
  auto next = std::atomic<int>{0};
  auto threads = std::vector<std::jthread>{};
  for (int i = 0; i < publishers; ++i)
    threads.emplace_back([&] {
      for (auto n = next++; n < total; n = next++)
        jobs.enqueue({.queue = "q", .type = "t", .arg = std::to_string(n)});
    });
  threads.clear();
  fixture.events->await("completed", total);
  CHECK(performed.size() == total);
  for (const auto& [arg, times] : performed)
    CHECK(times == 1);
  CHECK(most <= 32);
  for (const auto& x : fixture.events->all("error"))
    FAIL_CHECK(x.error);
  CHECK(fixture.stored_jobs("q") == 0);
}

TEST_CASE("a graceful close waits for the running job") {
  auto fixture = seed_fixture{GENERATE("sqlite", "postgresql")};
  auto jobs = fixture.make_client();
  auto started = std::promise<void>{};
  auto go_on = std::promise<void>{};
  jobs.upgrade({{.queue = "q", .handle = [&](const job&, context&) {
                   started.set_value();
                   go_on.get_future().wait();
                   return complete();
                 }}});
  jobs.enqueue({.queue = "q", .type = "t"});
  started.get_future().wait();
  auto closing = std::async(std::launch::async, [&] { return jobs.close(); });
  go_on.set_value();
  auto report = closing.get();
  CHECK(report.drained);
  CHECK(report.still_running.empty());
  CHECK(fixture.stored_jobs("q") == 0);
  CHECK(fixture.events->count("completed") == 1);
}

TEST_CASE("a second close does no harm, and then nothing can be enqueued") {
  auto fixture = seed_fixture{GENERATE("sqlite", "postgresql")};
  auto jobs = fixture.make_client();
  jobs.upgrade({{.queue = "q", .handle = [](const job&, context&) {
                   return complete();
                 }}});
  CHECK(jobs.close().drained);
  CHECK(jobs.close().drained);
  CHECK_THROWS_AS(jobs.enqueue({.queue = "q", .type = "t"}), failure);
}

TEST_CASE("an error of the session provider reaches enqueue and upgrade") {
  auto jobs
      = client{open(session_provider{[]() -> std::unique_ptr<soci::session> {
          throw std::runtime_error{"the pool is on strike"};
        }})};
  CHECK_THROWS_WITH(jobs.enqueue({.queue = "q", .type = "t"}),
                    Catch::Contains("the pool is on strike"));
  CHECK_THROWS_WITH(jobs.upgrade({{.queue = "q",
                                   .handle =
                                       [](const job&, context&) {
                                         return complete();
                                       }}}),
                    Catch::Contains("the pool is on strike"));
}

TEST_CASE("an upgrade with a bad config changes nothing") {
  auto fixture = seed_fixture{GENERATE("sqlite", "postgresql")};
  auto jobs = fixture.make_client();
  jobs.upgrade({{.queue = "q", .handle = [](const job&, context&) {
                   return complete();
                 }}});
  CHECK_THROWS_AS(jobs.upgrade({{.queue = ""}}), failure);
  jobs.enqueue({.queue = "q", .type = "t"});
  fixture.events->await("completed");
}

TEST_CASE("an upgrade hands the queue to new workers while a job runs") {
  auto fixture = seed_fixture{GENERATE("sqlite", "postgresql")};
  auto jobs = fixture.make_client();
  auto started = std::promise<void>{};
  auto go_on = std::promise<void>{};
  jobs.upgrade({{.queue = "q",
                 .concurrency = 2,
                 .handle = [&](const job& work, context&) {
                   if (work.type == "long") {
                     started.set_value();
                     go_on.get_future().wait();
                   }
                   return complete();
                 }}});
  jobs.enqueue({.queue = "q", .type = "long"});
  started.get_future().wait();
  auto by_new = std::atomic<bool>{false};
  auto upgrading = std::async(std::launch::async, [&] {
    return jobs.upgrade(
        {{.queue = "q", .concurrency = 2, .handle = [&](const job&, context&) {
            by_new = true;
            return complete();
          }}});
  });
  // Short jobs go to the old workers, until the swap; the long one still runs.
  for (std::size_t done = 1; !by_new; ++done) {
    jobs.enqueue({.queue = "q", .type = "short"});
    fixture.events->await("completed", done);
  }
  go_on.set_value();
  CHECK(upgrading.get().drained);
  CHECK(jobs.close().drained);
  CHECK(fixture.events->all("completed").back().facts.type == "long");
  CHECK(fixture.stored_jobs("q") == 0);
}
