#include "tests/store/conformance/conformance.hpp"

#include <atomic>
#include <set>
#include <thread>

using namespace callboard;
using namespace callboard::test;

TEST_CASE("many leasers never get the same job") {
  auto place = every_backend();
  auto db = place->open();
  constexpr std::size_t jobs = 2000;
  constexpr int leasers = 4;
  {
    auto store = ok(db->connect());
    std::vector<new_job> bulk(jobs);
    for (auto& one : bulk)
      one = {.queue = "mail", .type = "t"};
    put(*store, std::move(bulk));
  }
  std::vector<std::unique_ptr<job_store>> stores;
  for (int i = 0; i < leasers; ++i)
    stores.push_back(join(*db, "n" + std::to_string(i)));
  std::atomic<std::size_t> performed = 0;
  std::atomic<int> failures = 0;
  std::vector<strings> seen(leasers);
  std::vector<std::thread> threads;
  for (int i = 0; i < leasers; ++i)
    threads.emplace_back([&, i] {
      auto& store = *stores[static_cast<std::size_t>(i)];
      while (performed < jobs && failures == 0) {
        auto batches = store.lease({{"mail", 37, true}});
        if (!batches) {
          ++failures;
          return;
        }
        std::vector<settlement> done;
        for (const auto& one : (*batches)[0].jobs) {
          seen[static_cast<std::size_t>(i)].push_back(one.value.id);
          done.push_back({one.value.id, one.fence, completed{}});
        }
        auto report = store.settle(done);
        if (!report) {
          ++failures;
          return;
        }
        for (bool accepted : report->accepted)
          accepted ? ++performed : ++failures;
      }
    });
  for (auto& thread : threads)
    thread.join();
  CHECK(failures == 0);
  std::set<std::string> all;
  std::size_t count = 0;
  for (const auto& some : seen) {
    all.insert(some.begin(), some.end());
    count += some.size();
  }
  CHECK(count == jobs);
  CHECK(all.size() == jobs);
}

TEST_CASE("of two enqueues of one id exactly one wins") {
  auto place = every_backend();
  auto db = place->open();
  constexpr int writers = 4;
  std::vector<std::unique_ptr<job_store>> stores;
  for (int i = 0; i < writers; ++i)
    stores.push_back(ok(db->connect()));
  std::atomic<int> stored = 0;
  std::atomic<int> refused = 0;
  std::vector<std::thread> threads;
  for (auto& store : stores)
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i) {
        auto jobs = prepare({a_job("j" + std::to_string(i))});
        auto done = store->enqueue(*jobs);
        if (done)
          ++stored;
        else if (done.error().code == errc::job_already_exists)
          ++refused;
      }
    });
  for (auto& thread : threads)
    thread.join();
  CHECK(stored == 50);
  CHECK(refused == 50 * (writers - 1));
}

TEST_CASE("a lease and a reclaim at the same time leave no orphan") {
  auto place = every_backend();
  auto db = place->open();
  auto watcher = join(*db, "watcher");
  auto victim = join(*db, "victim");
  std::vector<new_job> bulk(300);
  for (auto& one : bulk)
    one = {.queue = "mail", .type = "t"};
  put(*watcher, std::move(bulk));
  // The victim is silent, so that it is declared dead while it leases.
  place->clock().advance(std::chrono::minutes{1});
  ok(watcher->heartbeat({}));
  std::thread leaser{[&] {
    while (victim->lease({{"mail", 1, true}})) {
    }
  }};
  reclaim_rule rule{.silence = std::chrono::seconds{30}, .max_crashes = 99};
  // A node whose row is in use just now is left to a later look.
  auto report = watcher->reclaim(rule);
  while (report && report->nodes.empty())
    report = watcher->reclaim(rule);
  leaser.join();
  CHECK(ok(report).nodes == strings{"victim"});
  auto counts = ok(watcher->counts());
  REQUIRE(counts.size() == 1);
  CHECK(counts[0].running.value == 0);
  CHECK(counts[0].waiting.value + counts[0].suspect.value == 300);
}
