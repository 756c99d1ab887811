#include "actors/callboard.hpp"
#include "actors/metrics/counters.hpp"
#include "tests/support/event_log.hpp"
#include "tests/support/memory_store.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <map>
#include <memory>
#include <set>
#include <stdexcept>
#include <thread>

using namespace callboard;
using namespace std::chrono_literals;

namespace {

std::shared_ptr<testing::memory_database> on_the_real_clock() {
  return std::make_shared<testing::memory_database>(
      database_options{.clock = system_now});
}

client_options observed_by(const std::shared_ptr<testing::event_log>& log) {
  client_options options;
  options.observers.push_back(log);
  return options;
}

errc code_of(const std::function<void()>& f) {
  try {
    f();
  } catch (const failure& e) {
    return e.code();
  }
  return {};
}

} // namespace

TEST_CASE("a client that enqueues and performs sees its job completed") {
  auto log = std::make_shared<testing::event_log>();
  client jobs{on_the_real_clock(), observed_by(log)};
  std::string seen;
  jobs.upgrade({{.queue = "mail",
                 .concurrency = 2,
                 .handle = mux{}.on("welcome", [&](const job& x, context&) {
                   seen = x.arg;
                   return complete();
                 })}});
  auto id = jobs.enqueue({.queue = "mail", .type = "welcome", .arg = "Ann"});
  REQUIRE(log->wait_for("completed " + id));
  CHECK(seen == "Ann");
  CHECK(jobs.counters().completed == 1);
  CHECK(jobs.close().drained);
  CHECK(log->count("started " + id) == 1);
}

TEST_CASE("a client performs jobs on an SQLite file") {
  auto log = std::make_shared<testing::event_log>();
  client jobs{open("sqlite::memory:"), observed_by(log)};
  jobs.upgrade(
      {{.queue = "mail", .handle = [](const job& x, context&) -> outcome {
          return x.attempt == 1 ? retry(0s, "again") : complete();
        }}});
  auto id = jobs.enqueue({.queue = "mail", .type = "any"});
  REQUIRE(log->wait_for("completed " + id));
  CHECK(log->count("retried " + id + ": again") == 1);
  CHECK(log->count_prefix("error ") == 0);
}

TEST_CASE("a thousand jobs of 16 publishers go through 32 slots without an "
          "error") {
  auto log = std::make_shared<testing::event_log>();
  client jobs{on_the_real_clock(), observed_by(log)};
  std::mutex mutex;
  std::map<std::string, int> performed;
  jobs.upgrade({{.queue = "mail",
                 .concurrency = 32,
                 .handle = [&](const job& x, context&) {
                   std::lock_guard lock{mutex};
                   ++performed[x.id];
                   return complete();
                 }}});
  std::vector<std::thread> publishers;
  for (int p = 0; p < 16; ++p)
    publishers.emplace_back([&jobs, p] {
      for (int i = p; i < 1000; i += 16)
        jobs.enqueue({.queue = "mail", .type = "any"});
    });
  for (auto& publisher : publishers)
    publisher.join();
  REQUIRE(log->wait_for("completed ", 1000));
  CHECK(jobs.close().drained);
  CHECK(performed.size() == 1000);
  for (const auto& [id, times] : performed)
    CHECK(times == 1);
  CHECK(log->count_prefix("error ") == 0);
  CHECK(log->count_prefix("started ") == 1000);
}

TEST_CASE("every observer hears of every event, also beside one that throws") {
  struct thrower : observer {
    void job_completed(const job_facts&, duration) override {
      throw std::runtime_error{"observers are user code"};
    }
  };
  auto first = std::make_shared<testing::event_log>();
  auto second = std::make_shared<testing::event_log>();
  std::atomic<int> complaints = 0;
  client_options options;
  options.observers = {first, std::make_shared<thrower>(), second};
  options.log = [&](const log_record& line) {
    if (line.level == log_level::error)
      ++complaints;
  };
  client jobs{on_the_real_clock(), options};
  jobs.upgrade({{.queue = "mail", .handle = [](const job&, context&) {
                   return complete();
                 }}});
  auto id = jobs.enqueue({.queue = "mail", .type = "any"});
  REQUIRE(first->wait_for("completed " + id));
  REQUIRE(second->wait_for("completed " + id));
  jobs.close();
  CHECK(complaints == 1);
}

TEST_CASE("a request id goes from a handler to the jobs that it enqueues") {
  auto log = std::make_shared<testing::event_log>();
  client jobs{on_the_real_clock(), observed_by(log)};
  std::string seen;
  jobs.upgrade({{.queue = "mail",
                 .handle = mux{}
                               .on("first",
                                   [&](const job&, context& here) {
                                     jobs.enqueue(here, {.queue = "mail",
                                                         .type = "second",
                                                         .id = "child"});
                                     return complete();
                                   })
                               .on("second", [&](const job& x, context&) {
                                 seen = x.request_id;
                                 return complete();
                               })}});
  jobs.enqueue({.queue = "mail", .type = "first", .request_id = "r1"});
  REQUIRE(log->wait_for("completed child"));
  CHECK(seen == "r1");
}

TEST_CASE("an upgrade with a bad config changes nothing") {
  auto log = std::make_shared<testing::event_log>();
  client jobs{on_the_real_clock(), observed_by(log)};
  auto done = [](const job&, context&) {
    return complete();
  };
  jobs.upgrade({{.queue = "mail", .concurrency = 3, .handle = done}});
  auto refused = jobs.try_upgrade({{.queue = "", .handle = done}});
  REQUIRE(!refused);
  CHECK(refused.error().code == errc::invalid_config);
  auto queues = jobs.queues();
  REQUIRE(queues.size() == 1);
  CHECK(queues[0].generation == 1);
  CHECK(queues[0].concurrency == 3);
  auto id = jobs.enqueue({.queue = "mail", .type = "any"});
  CHECK(log->wait_for("completed " + id));
}

TEST_CASE("an upgrade without a database changes nothing") {
  auto db = on_the_real_clock();
  client jobs{db};
  db->go_away();
  auto refused
      = jobs.try_upgrade({{.queue = "mail", .handle = [](const job&, context&) {
                             return complete();
                           }}});
  REQUIRE(!refused);
  CHECK(refused.error().code == errc::database_unreachable);
  CHECK(jobs.queues().empty());
}

TEST_CASE("enqueueing reports what the store says") {
  auto db = on_the_real_clock();
  client jobs{db};
  jobs.enqueue({.queue = "mail", .type = "any", .id = "a"});
  CHECK(code_of(
            [&] { jobs.enqueue({.queue = "mail", .type = "any", .id = "a"}); })
        == errc::job_already_exists);
  CHECK(code_of([&] { jobs.enqueue({.queue = "", .type = "any"}); })
        == errc::invalid_job);
  CHECK(code_of([&] { jobs.bulk_enqueue({}); }) == errc::empty_bulk);
  db->fail("enqueue", {.why = {errc::commit_unknown, "cut in the commit"},
                       .after_the_work = true});
  CHECK(code_of(
            [&] { jobs.enqueue({.queue = "mail", .type = "any", .id = "b"}); })
        == errc::commit_unknown);
  // It was stored, and not a second time.
  CHECK(db->jobs().size() == 2);
}

TEST_CASE("a connection that died in the pool costs an enqueue nothing") {
  auto db = on_the_real_clock();
  client jobs{db};
  jobs.enqueue({.queue = "mail", .type = "any"});
  db->break_connections();
  CHECK_NOTHROW(jobs.enqueue({.queue = "mail", .type = "any"}));
  CHECK(db->jobs().size() == 2);
}

TEST_CASE("bad client options are refused with all their problems") {
  client_options options;
  options.max_crashes = 0;
  options.settle_connections = 0;
  try {
    client jobs{on_the_real_clock(), options};
    FAIL("the client took them");
  } catch (const failure& e) {
    CHECK(e.code() == errc::invalid_config);
    CHECK_THAT(e.why().message, Catch::Contains("max_crashes")
                                    && Catch::Contains("settle_connections"));
  }
  CHECK(code_of([] { client{nullptr}; }) == errc::invalid_config);
}

TEST_CASE("a moved client goes on") {
  auto log = std::make_shared<testing::event_log>();
  client first{on_the_real_clock(), observed_by(log)};
  first.upgrade({{.queue = "mail", .handle = [](const job&, context&) {
                    return complete();
                  }}});
  client second{std::move(first)};
  auto id = second.enqueue({.queue = "mail", .type = "any"});
  CHECK(log->wait_for("completed " + id));
}

TEST_CASE("an enqueue in one process wakes the idle workers of another") {
  auto db = on_the_real_clock();
  db->allow_listening();
  auto log = std::make_shared<testing::event_log>();
  client workers{db, observed_by(log)};
  workers.upgrade({{.queue = "mail",
                    .poll_interval = std::chrono::hours{1},
                    .handle = [](const job&, context&) {
                      return complete();
                    }}});
  REQUIRE(log->wait_for("empty mail"));
  // Should the listener not listen yet: once it does, it wakes everybody.
  client producer{db};
  auto id = producer.enqueue({.queue = "mail", .type = "any"});
  CHECK(log->wait_for("completed " + id));
}

TEST_CASE("a node that is alone tells nobody of its jobs") {
  auto db = on_the_real_clock();
  db->allow_listening();
  auto rounds = 0;
  auto wakes = [&] {
    std::atomic<int> beats = 0;
    db->before([&](const testing::operation& which) {
      if (which == "heartbeat") {
        ++beats;
        beats.notify_all();
      }
    });
    auto before = db->calls("wake");
    {
      auto log = std::make_shared<testing::event_log>();
      auto options = observed_by(log);
      options.heartbeat = 10ms;
      client jobs{db, options};
      jobs.upgrade({{.queue = "mail", .handle = [](const job&, context&) {
                       return complete();
                     }}});
      for (int seen = 0; seen < 8; seen = beats)
        beats.wait(seen);
      auto id = jobs.enqueue({.queue = "mail", .type = "any"});
      REQUIRE(log->wait_for("completed " + id));
      jobs.close();
    }
    db->before({});
    ++rounds;
    return db->calls("wake") - before;
  };
  // It may take longer than these heartbeats until it listens.
  while (wakes() > 0)
    REQUIRE(rounds < 20);
  auto other = db->connect().value();
  REQUIRE(other->join("other", "").has_value());
  CHECK(wakes() == 1);
}

TEST_CASE("a listener whose connection broke listens again") {
  auto db = on_the_real_clock();
  db->allow_listening();
  auto log = std::make_shared<testing::event_log>();
  client workers{db, observed_by(log)};
  workers.upgrade({{.queue = "mail",
                    .poll_interval = std::chrono::hours{1},
                    .handle = [](const job&, context&) {
                      return complete();
                    }}});
  REQUIRE(log->wait_for("empty mail"));
  client producer{db};
  auto before = producer.enqueue({.queue = "mail", .type = "any"});
  REQUIRE(log->wait_for("completed " + before));
  db->break_connections();
  // Two, so that the second can't live on what woke the first.
  auto first = producer.enqueue({.queue = "mail", .type = "any"});
  REQUIRE(log->wait_for("completed " + first));
  auto id = producer.enqueue({.queue = "mail", .type = "any"});
  CHECK(log->wait_for("completed " + id));
}
