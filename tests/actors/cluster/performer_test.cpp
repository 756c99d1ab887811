// Performers as their users have them, over TLS, for nodes on one database in
// memory.

#include "actors/callboard.hpp"
#include "tests/support/awaited.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/event_log.hpp"
#include "tests/support/memory_store.hpp"
#include "tests/support/tcp_proxy.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

using namespace callboard;
using namespace callboard::tests;
using namespace std::chrono_literals;

namespace {

const authority& ours() {
  static const authority made;
  return made;
}

std::shared_ptr<testing::memory_database> database_in_memory() {
  return std::make_shared<testing::memory_database>(
      database_options{.clock = system_now});
}

using log_ptr = std::shared_ptr<testing::event_log>;

/// A full node whose queue "gpu" is left to performers.
struct full_node {
  explicit full_node(const database_ptr& db, int concurrency = 8,
                     by_performers rule = {}, std::string name = "n")
      : jobs{db, options(name, log)} {
    jobs.upgrade({{.queue = "gpu",
                   .concurrency = concurrency,
                   .poll_interval = 200ms,
                   .performers = rule}});
  }

  static client_options options(const std::string& name, const log_ptr& to) {
    client_options made;
    made.node_name = name;
    made.cluster = cluster_options{.listen = "127.0.0.1:0",
                                   .tls = ours().issue(name + ".nodes.example"),
                                   .silence = 2s};
    made.observers.push_back(to);
    return made;
  }

  std::uint16_t port() const {
    auto at = jobs.cluster_address();
    return static_cast<std::uint16_t>(std::stoi(at.substr(at.rfind(':') + 1)));
  }

  log_ptr log = std::make_shared<testing::event_log>();
  client jobs;
};

performer_options near(const std::vector<std::string>& nodes,
                       const std::string& name = "p") {
  performer_options made;
  made.nodes = nodes;
  made.name = name;
  made.tls = ours().issue(name + ".workers.example");
  made.silence = 2s;
  made.shutdown_grace = 5s;
  return made;
}

worker_config working(mux handle, int concurrency = 2) {
  return {
      .queue = "gpu", .concurrency = concurrency, .handle = std::move(handle)};
}

/// Waits for the stop token, and tells who waits.
handler waiting(std::shared_ptr<awaited<std::string>> started) {
  return [started](const job& x, context& at) {
    started->put(x.id);
    std::mutex mutex;
    std::unique_lock lock{mutex};
    std::condition_variable_any stopped;
    stopped.wait(lock, at.stop(), [] { return false; });
    return fail(std::string{"stopped: "} + to_string(at.why_stopped()));
  };
}

} // namespace

TEST_CASE("a performer performs what a node leaves to it") {
  auto db = database_in_memory();
  full_node node{db};
  auto seen = std::make_shared<awaited<std::string>>();
  auto log = std::make_shared<testing::event_log>();
  auto options = near({node.jobs.cluster_address()});
  options.observers.push_back(log);
  performer far{
      options,
      {working(
          mux{}
              .on("facts",
                  [seen](const job& x, context& at) {
                    seen->put(x.id + " " + x.arg + " "
                              + std::to_string(x.attempt) + " "
                              + at.request_id() + " "
                              + std::to_string(at.timeout().count() / 1'000'000)
                              + (at.fence() > 0 ? " fenced" : "")
                              + (at.deadline() ? " by then" : ""));
                    return complete();
                  })
              .on("again",
                  [](const job& x, context&) {
                    return x.arg == "done"
                               ? complete()
                               : reschedule(by_after(0s), with_arg{"done"});
                  })
              .on("throws",
                  [](const job&, context&) -> outcome {
                    throw std::runtime_error{"no paper"};
                  })
              .on("fails", [](const job&, context&) { return fail("no ink"); },
                  {.retry = {.max_attempts = 2,
                             .wait = {.first = 1ms, .jitter = 0}}}))}};
  node.jobs.enqueue({.queue = "gpu",
                     .type = "facts",
                     .arg = "\x01 bytes",
                     .id = "f",
                     .request_id = "r",
                     .timeout = 7s});
  CHECK(seen->next() == "f \x01 bytes 1 r 7 fenced by then");
  CHECK(node.log->wait_for("completed f"));
  CHECK(log->wait_for("completed f"));
  CHECK(log->lines().front() == "started f");
  node.jobs.enqueue({.queue = "gpu", .type = "again", .id = "a"});
  CHECK(node.log->wait_for("rescheduled a"));
  CHECK(node.log->wait_for("completed a"));
  node.jobs.enqueue({.queue = "gpu", .type = "throws", .id = "t"});
  CHECK(node.log->wait_for("dead t: no paper"));
  // By the retry policy of the performer.
  node.jobs.enqueue({.queue = "gpu", .type = "fails", .id = "x"});
  CHECK(node.log->wait_for("dead x: no ink; attempts used up (2)"));
  CHECK(db->jobs().empty());
}

TEST_CASE("a job's own number of attempts goes before its performer's") {
  auto db = database_in_memory();
  full_node node{db};
  performer far{
      near({node.jobs.cluster_address()}),
      {working(mux{}.on("fails",
                        [](const job&, context&) { return fail("no ink"); },
                        {.retry = {.max_attempts = 1,
                                   .wait = {.first = 1ms, .jitter = 0}}}))}};
  node.jobs.enqueue(
      {.queue = "gpu", .type = "fails", .id = "x", .max_attempts = 3});
  CHECK(node.log->wait_for("dead x: no ink; attempts used up (3)"));
  CHECK(node.log->count_prefix("started x") == 3);
}

TEST_CASE("a queue runs no more jobs than performers offer slots") {
  auto db = database_in_memory();
  full_node node{db, 3};
  CHECK(node.jobs.queues().at(0).concurrency == 0);
  auto started = std::make_shared<awaited<std::string>>();
  std::optional<performer> one;
  one.emplace(near({node.jobs.cluster_address()}, "one"),
              std::vector{working(mux{waiting(started)})});
  for (auto id : {"a", "b", "c", "d"})
    node.jobs.enqueue({.queue = "gpu", .type = "t", .id = id});
  auto first = started->next();
  REQUIRE(first);
  REQUIRE(started->next());
  CHECK(node.jobs.queues().at(0).concurrency == 2);
  // What it can't begin is left for others.
  performer two{near({node.jobs.cluster_address()}, "two"),
                {working(mux{waiting(started)})}};
  REQUIRE(started->next());
  CHECK(node.jobs.queues().at(0).concurrency == 3);
  CHECK(node.jobs.cancel({*first}) == std::vector{cancel_answer::asked});
  CHECK(
      node.log->wait_for("dead " + *first + ": cancelled: stopped: cancelled"));
  REQUIRE(started->next());
  // Those that it runs are stopped at the end of its grace.
  CHECK(one->close(0s).drained);
  one.reset();
}

TEST_CASE("a handler that is late is stopped where it runs") {
  auto db = database_in_memory();
  full_node node{db};
  auto started = std::make_shared<awaited<std::string>>();
  performer far{
      near({node.jobs.cluster_address()}),
      {working(mux{}.on("slow", waiting(started),
                        {.retry = {.max_attempts = 1}, .timeout = 50ms}))}};
  node.jobs.enqueue({.queue = "gpu", .type = "slow", .id = "s"});
  CHECK(node.log->wait_for("dead s: stopped: timed out"));
}

TEST_CASE("the jobs of a performer that is lost go to another at once") {
  auto db = database_in_memory();
  full_node node{db};
  test::tcp_proxy road{node.port()};
  auto first = std::make_shared<awaited<std::string>>();
  auto second = std::make_shared<awaited<std::string>>();
  auto log = std::make_shared<testing::event_log>();
  auto options = near({"127.0.0.1:" + std::to_string(road.port())}, "lost-one");
  options.observers.push_back(log);
  performer one{options, {working(mux{waiting(first)})}};
  node.jobs.enqueue({.queue = "gpu", .type = "t", .id = "a"});
  REQUIRE(first->next());
  performer two{near({node.jobs.cluster_address()}, "two"),
                {working(mux{[second](const job& x, context&) {
                  second->put(x.id + " " + std::to_string(x.attempt) + " "
                              + x.last_error);
                  return complete();
                }})}};
  SECTION("whose connection was cut") {
    road.refuse();
    road.cut();
  }
  SECTION("from which nothing comes any more") {
    road.swallow();
  }
  auto there = second->next();
  REQUIRE(there);
  CHECK_THAT(*there, Catch::StartsWith("a 2 performer lost: lost-one ("));
  CHECK(node.log->wait_for("completed a"));
  // Its handler was told, and what it answered was dropped.
  CHECK(log->wait_for("retried a: stopped: lease lost"));
  CHECK(db->accepted().size() == 2);
}

TEST_CASE("a performer comes back by itself") {
  auto db = database_in_memory();
  full_node node{db};
  test::tcp_proxy road{node.port()};
  auto done = std::make_shared<awaited<std::string>>();
  performer far{near({"127.0.0.1:" + std::to_string(road.port())}),
                {working(mux{[done](const job& x, context&) {
                  done->put(x.id);
                  return complete();
                }})}};
  node.jobs.enqueue({.queue = "gpu", .type = "t", .id = "a"});
  REQUIRE(done->next() == "a");
  for (auto id : {"b", "c", "d"}) {
    road.cut();
    node.jobs.enqueue({.queue = "gpu", .type = "t", .id = id});
    // The answer of the one before may have been cut off.
    for (;;) {
      auto next = done->next();
      REQUIRE(next);
      if (next == id)
        break;
    }
  }
}

TEST_CASE("nodes share the slots of a performer") {
  auto db = database_in_memory();
  full_node a{db, 8, {}, "a"};
  full_node b{db, 8, {}, "b"};
  std::atomic<int> now{0};
  std::atomic<int> most{0};
  auto done = std::make_shared<awaited<std::string>>();
  performer far{near({a.jobs.cluster_address(), b.jobs.cluster_address()}),
                {working(mux{[&, done](const job& x, context&) {
                           most = std::max(most.load(), ++now);
                           --now;
                           done->put(x.id);
                           return complete();
                         }},
                         1)}};
  std::set<std::string> wanted;
  for (int i = 0; i < 100; ++i) {
    wanted.insert(a.jobs.enqueue({.queue = "gpu", .type = "t"}));
    wanted.insert(b.jobs.enqueue({.queue = "gpu", .type = "t"}));
  }
  std::set<std::string> seen;
  for (int i = 0; i < 200; ++i) {
    auto one = done->next();
    REQUIRE(one);
    seen.insert(*one);
  }
  CHECK(seen == wanted);
  CHECK(most == 1);
  CHECK(far.linked() == 2);
  // Refusals cost no attempt.
  CHECK(a.log->count_prefix("completed") + b.log->count_prefix("completed")
        <= 200);
  for (const auto& one : db->jobs())
    CHECK(one.value.attempt <= 1);
}

TEST_CASE(
    "jobs of a type that no performer has wait, and keep their attempts") {
  auto db = database_in_memory();
  full_node node{db};
  auto done = std::make_shared<awaited<std::string>>();
  handler perform = [done](const job& x, context&) {
    done->put(x.id + " " + std::to_string(x.attempt));
    return complete();
  };
  performer far{near({node.jobs.cluster_address()}),
                {working(mux{}.on("known", perform))}};
  node.jobs.enqueue({.queue = "gpu", .type = "strange", .id = "s"});
  node.jobs.enqueue({.queue = "gpu", .type = "known", .id = "k"});
  CHECK(done->next() == "k 1");
  CHECK(done->empty());
  REQUIRE(far.upgrade({working(mux{perform})}).has_value());
  CHECK(done->next() == "s 1");
}

TEST_CASE("a performer stops the jobs of a queue that was taken away") {
  auto db = database_in_memory();
  full_node node{db};
  auto started = std::make_shared<awaited<std::string>>();
  auto options = near({node.jobs.cluster_address()});
  options.shutdown_grace = 100ms;
  performer far{options, {working(mux{waiting(started)})}};
  node.jobs.enqueue({.queue = "gpu", .type = "t", .id = "a"});
  REQUIRE(started->next() == "a");
  // As long as the queue is there, they go on.
  auto stays = far.upgrade({working(mux{waiting(started)})});
  REQUIRE(stays.has_value());
  CHECK(stays->still_running == std::vector<std::string>{"gpu/t a"});
  auto leaves = far.upgrade({});
  REQUIRE(leaves.has_value());
  CHECK(leaves->drained);
  CHECK(node.log->wait_for("retried a: stopped: closing"));
}

TEST_CASE("a performer that closes finishes what it has, and takes no more") {
  auto db = database_in_memory();
  full_node node{db};
  auto started = std::make_shared<awaited<std::string>>();
  std::mutex gate;
  std::unique_lock closed{gate};
  performer one{near({node.jobs.cluster_address()}, "one"),
                {working(mux{[&](const job& x, context&) {
                           started->put(x.id);
                           std::lock_guard wait{gate};
                           return complete();
                         }},
                         1)}};
  node.jobs.enqueue({.queue = "gpu", .type = "t", .id = "a"});
  REQUIRE(started->next() == "a");
  std::optional<drain_report> report;
  std::thread closing{[&] {
    report = one.close();
  }};
  // Its offer is withdrawn before its job has ended.
  while (node.jobs.queues().at(0).concurrency > 0)
    std::this_thread::yield();
  node.jobs.enqueue({.queue = "gpu", .type = "t", .id = "b"});
  closed.unlock();
  closing.join();
  CHECK(report->drained);
  CHECK(node.log->wait_for("completed a"));
  CHECK(started->empty());
  performer two{near({node.jobs.cluster_address()}, "two"),
                {working(mux{[&](const job& x, context&) {
                  started->put(x.id + " " + std::to_string(x.attempt));
                  return complete();
                }})}};
  CHECK(started->next() == "b 1");
}

TEST_CASE("a queue can't be left to performers by a node that listens for "
          "nobody") {
  client jobs{database_in_memory()};
  auto done
      = jobs.try_upgrade({{.queue = "gpu", .performers = by_performers{}}});
  REQUIRE(done.has_error());
  CHECK_THAT(done.error().message, Catch::Contains("node.listen"));
}

TEST_CASE("a handler that ignores its stop does not keep its slot") {
  auto db = database_in_memory();
  full_node node{db};
  auto log = std::make_shared<testing::event_log>();
  auto options = near({node.jobs.cluster_address()});
  options.observers.push_back(log);
  options.hung_grace = 50ms;
  std::mutex gate;
  std::unique_lock closed{gate};
  performer far{
      options,
      {working(
          mux{}
              .on("deaf",
                  [&](const job&, context&) {
                    std::lock_guard wait{gate};
                    return complete();
                  },
                  {.retry = {.max_attempts = 1}, .timeout = 50ms})
              .on("quick", [](const job&, context&) { return complete(); }),
          1)}};
  node.jobs.enqueue({.queue = "gpu", .type = "deaf", .id = "d"});
  CHECK(
      node.log->wait_for("dead d: timed out after 0.05 s (the type's timeout)"
                         ", and its handler did not stop within 0.05 s more"));
  CHECK(log->wait_for("hung d"));
  node.jobs.enqueue({.queue = "gpu", .type = "quick", .id = "q"});
  CHECK(node.log->wait_for("completed q"));
  CHECK(far.queues().at(0).hung == 1);
  closed.unlock();
  while (far.queues().at(0).hung > 0)
    std::this_thread::yield();
  CHECK(far.close().drained);
}

TEST_CASE("a performer stops its jobs at the end of its grace, and says so") {
  auto db = database_in_memory();
  full_node node{db};
  auto started = std::make_shared<awaited<std::string>>();
  performer one{near({node.jobs.cluster_address()}, "one"),
                {working(mux{waiting(started)}, 1)}};
  node.jobs.enqueue({.queue = "gpu", .type = "t", .id = "a"});
  REQUIRE(started->next());
  CHECK(one.close(0s).drained);
  CHECK(node.log->wait_for("retried a: stopped: closing"));
}

TEST_CASE("a job that outlives its performer's end is given up by it") {
  auto db = database_in_memory();
  full_node node{db};
  auto started = std::make_shared<awaited<std::string>>();
  std::mutex gate;
  std::unique_lock closed{gate};
  {
    performer one{near({node.jobs.cluster_address()}, "one"),
                  {working(mux{[&](const job& x, context&) {
                             started->put(x.id);
                             std::lock_guard wait{gate};
                             return complete();
                           }},
                           1)}};
    node.jobs.enqueue({.queue = "gpu", .type = "deaf", .id = "a"});
    REQUIRE(started->next());
    CHECK_FALSE(one.close(0s).drained);
    CHECK(node.log->wait_for(
        "retried a: performer lost: one (it ended before the handler did)"));
    closed.unlock();
  }
}
