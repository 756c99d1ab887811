// Nodes and remote clients as their users have them, on one database in memory
// that can't tell anybody of anything: all wake-ups go over the cluster.

#include "actors/callboard.hpp"
#include "tests/support/awaited.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/event_log.hpp"
#include "tests/support/memory_store.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <iostream>
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

struct started {
  std::string job;
  std::chrono::steady_clock::time_point at;
};

using starts = std::shared_ptr<awaited<started>>;

/// A full node on a loopback address of its own, with a queue unless
/// `performs` is null.
struct full_node {
  full_node(const database_ptr& db, const std::string& name,
            const std::string& host, starts performs,
            std::vector<allow_rule> allow = {})
      : jobs{db, options(name, host, std::move(allow), log)} {
    std::vector<worker_config> configs;
    if (performs)
      configs.push_back(
          {.queue = "mail",
           .concurrency = 2,
           // Only a hint can be quick.
           .poll_interval = 1h,
           .handle
           = mux{}
                 .on("warm",
                     [to = warmed](const job& x, context&) {
                       to->put(x.id);
                       return complete();
                     })
                 .on("quick",
                     [performs](const job& x, context&) {
                       performs->put({x.id, std::chrono::steady_clock::now()});
                       return complete();
                     })
                 .on("long", [performs](const job& x, context& at) {
                   performs->put({x.id, std::chrono::steady_clock::now()});
                   std::mutex mutex;
                   std::unique_lock lock{mutex};
                   std::condition_variable_any stopped;
                   stopped.wait(lock, at.stop(), [] { return false; });
                   return fail("stopped");
                 })});
    jobs.upgrade(std::move(configs));
  }

  static client_options options(const std::string& name,
                                const std::string& host,
                                std::vector<allow_rule> allow,
                                std::shared_ptr<testing::event_log> to) {
    client_options made;
    made.node_name = name;
    // Cancels come at once, or with a heartbeat that does not come.
    made.heartbeat = 1h;
    made.silence_limit = 3h;
    made.cluster = cluster_options{.listen = host + ":0",
                                   .tls = ours().issue(name + ".nodes.example"),
                                   .allow = std::move(allow)};
    made.observers.push_back(std::move(to));
    return made;
  }

  std::shared_ptr<testing::event_log> log
      = std::make_shared<testing::event_log>();
  std::shared_ptr<awaited<std::string>> warmed
      = std::make_shared<awaited<std::string>>();
  client jobs;
};

remote_options remote_to(const full_node& node, const std::string& name) {
  return {.nodes = {node.jobs.cluster_address()}, .tls = ours().issue(name)};
}

/// Until the nodes have found each other, hints go nowhere: enqueues until one
/// has reached B.
void await_link(full_node& a, full_node& b) {
  for (int i = 0; i < 120; ++i) {
    a.jobs.enqueue({.queue = "mail", .type = "warm"});
    if (b.warmed->next(1s))
      return;
  }
  FAIL("the nodes did not find each other");
}

} // namespace

TEST_CASE("a job enqueued on one node starts on the idle other in moments") {
  auto db = database_in_memory();
  auto performs = std::make_shared<awaited<started>>();
  full_node b{db, "b", "127.0.0.3", performs};
  full_node a{db, "a", "127.0.0.2", nullptr};
  await_link(a, b);
  std::vector<double> took;
  for (int i = 0; i < 100; ++i) {
    auto begin = std::chrono::steady_clock::now();
    auto id = a.jobs.enqueue({.queue = "mail", .type = "quick"});
    auto seen = performs->next();
    // Within the poll interval of an hour only the hint can have done it.
    REQUIRE(seen.has_value());
    CHECK(seen->job == id);
    took.push_back(
        std::chrono::duration<double, std::milli>(seen->at - begin).count());
  }
  std::sort(took.begin(), took.end());
  std::cout << "pickup over the cluster: p50 " << took[50] << " ms, p90 "
            << took[90] << " ms, worst " << took.back() << " ms" << std::endl;
}

TEST_CASE("a cancel on one node stops the job on the other") {
  auto db = database_in_memory();
  auto performs = std::make_shared<awaited<started>>();
  full_node b{db, "b", "127.0.0.3", performs};
  full_node a{db, "a", "127.0.0.2", nullptr};
  await_link(a, b);
  auto id = a.jobs.enqueue({.queue = "mail", .type = "long"});
  REQUIRE(performs->next());
  CHECK(a.jobs.cancel({id}) == std::vector{cancel_answer::asked});
  // The handler ends by its stop token only; the heartbeat is an hour off.
  REQUIRE(b.log->wait_for("dead " + id));
  REQUIRE(db->dead().size() == 1);
  CHECK(db->dead().front().value.id == id);
}

TEST_CASE("a remote client enqueues, looks and cancels") {
  auto db = database_in_memory();
  auto performs = std::make_shared<awaited<started>>();
  full_node node{db, "n", "127.0.0.2", performs};
  remote_client far{remote_to(node, "shop.example")};
  CHECK(far.enqueue({.queue = "mail", .type = "quick", .id = "one"}) == "one");
  CHECK(performs->next()->job == "one");
  auto ids = far.bulk_enqueue({{.queue = "later", .type = "t", .delay = 1h},
                               {.queue = "later", .type = "t", .id = "two"}});
  REQUIRE(ids.size() == 2);
  CHECK(ids[1] == "two");
  auto again = far.try_bulk_enqueue({{.queue = "q", .type = "t", .id = "two"}});
  REQUIRE_FALSE(again.has_value());
  CHECK(again.error().code == errc::job_already_exists);
  auto bad = far.try_bulk_enqueue({{.queue = "", .type = "t"}});
  REQUIRE_FALSE(bad.has_value());
  CHECK(bad.error().code == errc::invalid_job);
  auto status = far.status();
  REQUIRE(status.size() == 1);
  CHECK(status[0].queue == "later");
  CHECK(status[0].waiting.value == 1);
  CHECK(status[0].delayed.value == 1);
  CHECK(far.cancel({ids[0], "nobody"})
        == std::vector{cancel_answer::removed, cancel_answer::unknown});
  // What is as long as it may be goes through.
  std::string arg(job_limits::arg_bytes, '\xff');
  auto big = far.enqueue({.queue = "later", .type = "t", .arg = arg});
  CHECK(db->job(big)->value.arg == arg);
}

TEST_CASE("many threads share a remote client") {
  auto db = database_in_memory();
  full_node node{db, "n", "127.0.0.2", nullptr};
  remote_client far{remote_to(node, "shop.example")};
  std::vector<std::thread> threads;
  std::atomic<int> stored{0};
  auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] {
      for (int k = 0; k < 100; ++k)
        stored += far.enqueue({.queue = "q", .type = "t"}).empty() ? 0 : 1;
    });
  for (auto& each : threads)
    each.join();
  std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  CHECK(stored == 800);
  CHECK(db->jobs().size() == 800);
  std::cout << "remote enqueues: " << 800 / took.count() << "/s" << std::endl;
}

TEST_CASE("a client that may not enqueue is told so") {
  auto db = database_in_memory();
  full_node node{db,
                 "n",
                 "127.0.0.2",
                 nullptr,
                 {{"*.workers.example", {.perform = true}}}};
  auto options = remote_to(node, "gpu.workers.example");
  options.timeout = 2s;
  remote_client far{options};
  auto done = far.try_bulk_enqueue({{.queue = "q", .type = "t"}});
  REQUIRE_FALSE(done.has_value());
  CHECK(done.error().code == errc::database_unreachable);
  CAPTURE(done.error().message);
  CHECK(done.error().message.find("does not allow it to take part as a client")
        != std::string::npos);
  CHECK(db->jobs().empty());
}

TEST_CASE("a node that can't have its port says so and changes nothing") {
  auto db = database_in_memory();
  full_node node{db, "n", "127.0.0.2", nullptr};
  client_options options;
  options.cluster = cluster_options{.listen = node.jobs.cluster_address(),
                                    .tls = ours().issue("other.nodes.example")};
  client other{db, options};
  auto done = other.try_upgrade({});
  REQUIRE_FALSE(done.has_value());
  CHECK(done.error().message.find("can't listen on "
                                  + node.jobs.cluster_address())
        != std::string::npos);
  other.enqueue({.queue = "q", .type = "t"});
  CHECK(db->jobs().size() == 1);
}
