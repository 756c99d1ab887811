#include "store/sql/job_views.hpp"

#include <algorithm>
#include <utility>

namespace callboard::store {

job_state state_of(long long stored, time_point run_at, time_point now) {
  if (stored == 1)
    return job_state::running;
  if (stored == 2)
    return job_state::suspect;
  return run_at <= now ? job_state::waiting : job_state::delayed;
}

long long stored_state(job_state state) {
  if (state == job_state::running)
    return 1;
  return state == job_state::suspect ? 2 : 0;
}

job_info info_of(dead_letter letter, std::int64_t fence, std::int32_t crashes) {
  job_info info;
  info.value = std::move(letter.value);
  info.state = job_state::dead;
  info.fence = fence;
  info.crashes = crashes;
  info.updated_at = letter.died_at;
  return info;
}

void count_board::add(const std::string& queue,
                      capped_count queue_counts::*kind, std::int64_t found) {
  auto& counts = queues_[queue];
  auto& sum = counts.*kind;
  sum.at_least = sum.at_least || sum.value + found > cap_;
  sum.value = std::min(sum.value + found, cap_);
}

void count_board::due(const std::string& queue, time_point run_at,
                      time_point now) {
  if (run_at > now)
    return;
  auto& oldest = queues_[queue].oldest_due;
  oldest = std::max(oldest.value_or(duration{0}), now - run_at);
}

std::vector<queue_counts> count_board::take() && {
  std::vector<queue_counts> all;
  for (auto& [name, counts] : queues_) {
    counts.queue = name;
    all.push_back(std::move(counts));
  }
  return all;
}

} // namespace callboard::store
