#include "actors/own_system.hpp"

#include "actors/cluster/cluster.hpp"
#include "actors/cluster/inner_line.hpp"
#include "actors/register_types.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <random>
#include <thread>
#include <utility>

namespace callboard::actors {

namespace {

constexpr auto end_time = std::chrono::seconds{10};

} // namespace

own_system::config::config(std::optional<duration> silence,
                           std::size_t threads) {
  register_types(*this);
  if (silence)
    load_cluster(*this, *silence);
  // No polling when idle, and no delay when a worker blocks for a moment.
  set("scheduler.policy", caf::atom("sharing"));
  set("scheduler.max-threads", threads);
}

own_system::own_system(std::optional<duration> silence, std::size_t threads)
    : cfg_{silence, threads} {
  if (silence)
    close_broker_at_its_end(sys_);
}

std::size_t scheduler_threads() {
  return std::max(2U, std::thread::hardware_concurrency());
}

double draw() {
  thread_local std::minstd_rand engine{std::random_device{}()};
  return std::uniform_real_distribution<double>{0, 1}(engine);
}

bool end(std::unique_ptr<own_system> system) {
  struct watch {
    std::mutex mutex;
    std::condition_variable changed;
    bool ended = false;
  };
  auto shared = std::make_shared<watch>();
  std::thread{[shared, raw = system.release()] {
    delete raw;
    std::lock_guard lock{shared->mutex};
    shared->ended = true;
    shared->changed.notify_all();
  }}.detach();
  std::unique_lock lock{shared->mutex};
  return shared->changed.wait_for(lock, end_time,
                                  [&] { return shared->ended; });
}

void leave_running(std::unique_ptr<own_system> system,
                   caf::strong_actor_ptr root) {
  struct remains {
    std::unique_ptr<own_system> system;
    caf::strong_actor_ptr root;
  };
  static std::mutex mutex;
  static auto* graveyard = new std::vector<remains>;
  std::lock_guard lock{mutex};
  graveyard->push_back({std::move(system), std::move(root)});
}

} // namespace callboard::actors
