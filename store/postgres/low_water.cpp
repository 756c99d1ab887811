#include "store/postgres/low_water.hpp"

#include <algorithm>

namespace callboard::store {

const std::vector<low_water::mark>* low_water::find(const std::string& queue,
                                                    instant now) const {
  auto it = queues_.find(queue);
  if (it == queues_.end() || it->second.taken < busy
      || now - it->second.looked_at >= lifetime)
    return nullptr;
  return &it->second.marks;
}

duration low_water::left(const std::string& queue, instant now) const {
  auto it = queues_.find(queue);
  if (it == queues_.end())
    return duration{0};
  auto age = std::chrono::duration_cast<duration>(now - it->second.looked_at);
  return std::max(lifetime - age, duration{0});
}

void low_water::learn(const std::string& queue,
                      const std::vector<leased_job>& jobs, bool full,
                      bool ended, time_point database_now, instant now) {
  if (jobs.empty()) {
    queues_.erase(queue);
    return;
  }
  auto& known = queues_[queue];
  if (full) {
    // A quiet queue stays a quiet one.
    if (now - known.looked_at >= lifetime) {
      known.looked_at = now;
      known.taken = 0;
    }
  }
  known.taken += jobs.size();
  auto low_of = [](time_point moment) {
    return (moment - margin).time_since_epoch().count();
  };
  // Priorities up to the last one given were looked at to the end.
  auto last = jobs.back().value.priority;
  for (auto& one : known.marks)
    if (one.priority < last || ended)
      one.low = std::max(one.low, low_of(database_now));
  for (auto job = jobs.begin(); job != jobs.end();) {
    auto priority = job->value.priority;
    auto first = job->value.run_at;
    job = std::find_if(job, jobs.end(), [&](const auto& other) {
      return other.value.priority != priority;
    });
    auto at = std::lower_bound(
        known.marks.begin(), known.marks.end(), priority,
        [](const mark& m, std::int16_t p) { return m.priority < p; });
    if (at == known.marks.end() || at->priority != priority)
      at = known.marks.insert(at, mark{priority, 0});
    at->low = low_of(first);
  }
}

} // namespace callboard::store
