#include "app/bench/leftovers.hpp"

#include <algorithm>
#include <cstdio>
#include <random>

namespace callboard::app::bench {

namespace {

constexpr std::size_t page = 1000;

result<std::size_t> remove_waiting(job_store& store, const std::string& queue) {
  std::size_t found = 0;
  job_filter filter{.queue = queue, .limit = page};
  for (;;) {
    auto jobs = store.list(filter, false);
    if (!jobs)
      return jobs.error();
    if (jobs->empty())
      return found;
    filter.after = jobs->back().value.id;
    std::vector<std::string> ids;
    for (const auto& each : *jobs)
      if (each.state != job_state::running && each.state != job_state::dead)
        ids.push_back(each.value.id);
    found += ids.size();
    if (auto gone = store.cancel(ids); !gone)
      return gone.error();
  }
}

result<std::size_t> remove_dead(job_store& store, const std::string& queue) {
  std::size_t found = 0;
  for (;;) {
    auto gone = store.dead_purge({.queue = queue, .limit = page});
    if (!gone || *gone == 0)
      return gone ? result<std::size_t>{found} : gone;
    found += *gone;
  }
}

} // namespace

std::vector<std::string> new_queues(std::size_t count) {
  char run[16];
  std::snprintf(run, sizeof run, "%08x", std::random_device{}());
  std::vector<std::string> names;
  for (std::size_t i = 1; i <= count; ++i)
    names.push_back(std::string{queue_prefix} + run + "-" + std::to_string(i));
  return names;
}

result<std::vector<queue_counts>> used_bench_queues(job_store& store) {
  auto counts = store.counts();
  if (!counts)
    return counts;
  std::erase_if(*counts, [](const queue_counts& each) {
    return !each.queue.starts_with(queue_prefix);
  });
  return counts;
}

result<bool> any_running(job_store& store,
                         const std::vector<std::string>& queues) {
  for (const auto& queue : queues) {
    auto found = store.list(
        {.queue = queue, .state = job_state::running, .limit = 1}, false);
    if (!found)
      return found.error();
    if (!found->empty())
      return true;
  }
  return false;
}

result<std::size_t> remove_jobs(job_store& store,
                                const std::vector<std::string>& queues) {
  std::size_t found = 0;
  for (const auto& queue : queues) {
    if (!queue.starts_with(queue_prefix))
      continue;
    for (auto remove : {remove_waiting, remove_dead}) {
      auto gone = remove(store, queue);
      if (!gone)
        return gone;
      found += *gone;
    }
  }
  return found;
}

} // namespace callboard::app::bench
