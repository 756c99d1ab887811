#include "tests/store/conformance/racing.hpp"

#include <atomic>
#include <set>
#include <thread>

using namespace callboard;
using namespace callboard::test;

TEST_CASE("many leasers never get the same job") {
  auto place = every_backend();
  auto db = place->open();
  race all{.jobs = 2000};
  all.prepare(*ok(db->connect()));
  constexpr std::size_t leasers = 4;
  std::vector<std::unique_ptr<job_store>> stores;
  for (std::size_t i = 0; i < leasers; ++i)
    stores.push_back(join(*db, "n" + std::to_string(i)));
  std::vector<strings> seen(leasers);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < leasers; ++i)
    threads.emplace_back([&, i] {
      auto& store = *stores[i];
      all.run(store, seen[i], [&] {
        return store.lease({{"mail", 37, true}});
      });
    });
  for (auto& thread : threads)
    thread.join();
  all.check(seen);
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

TEST_CASE("a job that moves while it is counted is counted once") {
  auto place = every_shared_backend();
  auto db = place->open();
  auto store = join(*db);
  put(*store, a_job("a"));
  std::atomic<bool> over = false;
  std::atomic<int> failures = 0;
  std::thread mover{[&] {
    while (!over) {
      auto batches = store->lease({{"mail", 1, true}});
      if (!batches || batches->front().jobs.size() != 1) {
        ++failures;
        return;
      }
      const auto& job = batches->front().jobs.front();
      auto report = store->settle(
          {{job.value.id, job.fence, retried{duration{0}, "again"}}});
      if (!report || !report->accepted.front())
        ++failures;
    }
  }};
  auto people = ok(db->connect());
  std::set<std::int64_t> sums;
  for (int i = 0; i < 1000; ++i) {
    std::int64_t sum = 0;
    for (const auto& one : ok(people->counts()))
      sum += one.waiting.value + one.delayed.value + one.running.value
             + one.suspect.value + one.dead.value;
    sums.insert(sum);
  }
  over = true;
  mover.join();
  CHECK(failures == 0);
  CHECK(sums == std::set<std::int64_t>{1});
}
