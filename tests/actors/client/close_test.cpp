#include "actors/callboard.hpp"
#include "tests/support/event_log.hpp"
#include "tests/support/memory_store.hpp"

#include <catch2/catch.hpp>

#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <thread>

using namespace callboard;
using namespace std::chrono_literals;

namespace {

std::shared_ptr<testing::memory_database> on_the_real_clock() {
  return std::make_shared<testing::memory_database>(
      database_options{.clock = system_now});
}

/// Opened once, by the test, to let handlers end.
class gate {
public:
  void open() {
    std::lock_guard lock{mutex_};
    open_ = true;
    changed_.notify_all();
  }

  void wait() {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return open_; });
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
};

} // namespace

TEST_CASE("a close waits for the running job and then gives up the node") {
  auto db = on_the_real_clock();
  auto log = std::make_shared<testing::event_log>();
  client_options options;
  options.observers.push_back(log);
  client jobs{db, options};
  gate door;
  jobs.upgrade({{.queue = "mail", .handle = [&](const job&, context&) {
                   door.wait();
                   return complete();
                 }}});
  auto id = jobs.enqueue({.queue = "mail", .type = "any"});
  REQUIRE(log->wait_for("started " + id));
  auto closing = std::async(std::launch::async, [&] { return jobs.close(); });
  door.open();
  auto report = closing.get();
  CHECK(report.drained);
  CHECK(report.still_running.empty());
  // Nothing is lost between the end of the handler and the end of the close.
  CHECK(log->count("completed " + id) == 1);
  CHECK(db->jobs().empty());
  CHECK(db->node_count() == 0);
}

TEST_CASE("a second close answers the same, and enqueues are refused after") {
  client jobs{on_the_real_clock()};
  auto first = jobs.close();
  auto second = jobs.close(0s);
  CHECK(first.drained == second.drained);
  auto refused = jobs.try_bulk_enqueue({{.queue = "mail", .type = "any"}});
  REQUIRE(!refused);
  CHECK(refused.error().code == errc::closed);
  auto upgrade = jobs.try_upgrade({});
  REQUIRE(!upgrade);
  CHECK(upgrade.error().code == errc::closed);
}

TEST_CASE("the stop token fires when the grace period is over") {
  auto log = std::make_shared<testing::event_log>();
  client_options options;
  options.observers.push_back(log);
  client jobs{on_the_real_clock(), options};
  jobs.upgrade({{.queue = "mail", .handle = [&](const job&, context& here) {
                   std::mutex mutex;
                   std::condition_variable_any stopped;
                   std::unique_lock lock{mutex};
                   stopped.wait(lock, here.stop(), [] { return false; });
                   return retry(0s, "stopped");
                 }}});
  auto id = jobs.enqueue({.queue = "mail", .type = "any"});
  REQUIRE(log->wait_for("started " + id));
  auto report = jobs.close(1ms);
  CHECK(report.drained);
  CHECK(log->count("retried " + id + ": stopped") == 1);
}

TEST_CASE("a handler that never ends does not hang a close, and keeps its "
          "lease") {
  auto db = on_the_real_clock();
  auto log = std::make_shared<testing::event_log>();
  // Shared with the handler, which outlives this test.
  auto door = std::make_shared<gate>();
  client_options options;
  options.observers.push_back(log);
  client jobs{db, options};
  jobs.upgrade({{.queue = "mail", .handle = [door](const job&, context&) {
                   door->wait();
                   return complete();
                 }}});
  auto id = jobs.enqueue({.queue = "mail", .type = "any"});
  REQUIRE(log->wait_for("started " + id));
  auto report = jobs.close(1ms);
  CHECK_FALSE(report.drained);
  CHECK(report.still_running == std::vector<std::string>{"mail/any " + id});
  CHECK(db->job(id)->state == job_state::running);
  // Should it end after all, its outcome is taken, and the rest of the node
  // goes.
  door->open();
  CHECK(log->wait_for("completed " + id));
}

TEST_CASE("a client that goes out of scope closes") {
  auto db = on_the_real_clock();
  {
    client jobs{db};
    jobs.upgrade({{.queue = "mail", .handle = [](const job&, context&) {
                     return complete();
                   }}});
    CHECK(db->node_count() <= 1);
  }
  CHECK(db->node_count() == 0);
}
