#include "app/daemon/once.hpp"

#include <algorithm>
#include <utility>

namespace callboard::app {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t page_size = 1000;
/// Other nodes' work ends without a word to us.
constexpr duration look_interval = 250ms;

/// Looks for a job of a queue that falls due within the horizon. Since the
/// queue's jobs were counted, one may have fallen due, or even have begun.
result<remaining_work> find_delayed(job_store& store, const std::string& queue,
                                    time_point now, duration horizon) {
  job_filter filter{.queue = queue, .limit = page_size};
  for (;;) {
    auto page = store.list(filter, false);
    if (!page)
      return page.error();
    for (const auto& each : *page)
      if (each.state != job_state::delayed)
        return remaining_work{.now = true};
      else if (each.value.run_at - now <= horizon)
        return remaining_work{
            .later = std::max<duration>(each.value.run_at - now, duration{0})};
    if (page->size() < page_size)
      return remaining_work{};
    filter.after = page->back().value.id;
  }
}

} // namespace

result<remaining_work> find_work(job_store& store,
                                 const std::set<std::string>& queues,
                                 duration horizon) {
  auto counts = store.counts(1);
  if (!counts)
    return counts.error();
  std::vector<std::string> delayed;
  for (const auto& each : *counts) {
    if (!queues.contains(each.queue))
      continue;
    if (each.waiting.value + each.running.value + each.suspect.value > 0)
      return remaining_work{.now = true};
    if (each.delayed.value > 0)
      delayed.push_back(each.queue);
  }
  if (horizon == 0us || delayed.empty())
    return remaining_work{};
  auto now = store.now();
  if (!now)
    return now.error();
  for (const auto& each : delayed) {
    auto left = find_delayed(store, each, *now, horizon);
    if (!left || !left->none())
      return left;
  }
  return remaining_work{};
}

once_watcher::once_watcher(database_ptr db, std::set<std::string> queues,
                           duration horizon, std::function<void()> done)
    : db_{std::move(db)}, queues_{std::move(queues)}, horizon_{horizon},
      done_{std::move(done)} {}

once_watcher::~once_watcher() {
  {
    std::lock_guard lock{mutex_};
    ending_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable())
    thread_.join();
}

void once_watcher::start() {
  thread_ = std::thread{[this] {
    watch();
  }};
}

void once_watcher::queue_is_empty(const std::string&) {
  {
    std::lock_guard lock{mutex_};
    looked_empty_ = true;
  }
  changed_.notify_all();
}

void once_watcher::watch() {
  std::unique_ptr<job_store> store;
  duration wait{0};
  while (pause(wait)) {
    wait = look_interval;
    if (!store || store->broken()) {
      auto connected = db_->connect();
      if (!connected)
        continue;
      store = std::move(*connected);
    }
    auto work = find_work(*store, queues_, horizon_);
    if (!work)
      continue;
    if (work->none())
      return done_();
    if (work->later)
      wait = std::max(wait, *work->later);
  }
}

bool once_watcher::pause(duration limit) {
  std::unique_lock lock{mutex_};
  changed_.wait_for(lock, limit, [&] { return ending_ || looked_empty_; });
  looked_empty_ = false;
  return !ending_;
}

} // namespace callboard::app
