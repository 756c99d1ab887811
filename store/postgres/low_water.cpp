#include "store/postgres/low_water.hpp"

#include "store/sql/moment.hpp"

#include <algorithm>

namespace callboard::store {

low_water::reach low_water::next(const std::string& queue, instant now) const {
  auto it = queues_.find(queue);
  if (it == queues_.end() || it->second.taken < busy
      || now - it->second.looked_at_all >= it->second.served_by_all)
    return reach::all;
  if (it->second.full && now - it->second.looked_below < last_lifetime)
    return reach::last;
  auto near = it->second.taken >= crowded
              && now - it->second.looked_wide < wide_lifetime;
  return near ? reach::near : reach::wide;
}

std::vector<low_water::mark> low_water::marks(const std::string& queue,
                                              reach how_far) const {
  auto it = queues_.find(queue);
  if (how_far == reach::all || it == queues_.end())
    return {};
  auto margin = how_far == reach::near ? near_margin : wide_margin;
  std::vector<mark> marks;
  for (const auto& one : it->second.seen)
    if (how_far == reach::last)
      marks.push_back({one.priority, one.last, one.last_id});
    else
      marks.push_back({one.priority, one.first - margin.count(), {}});
  return marks;
}

duration low_water::left(const std::string& queue, instant now) const {
  auto it = queues_.find(queue);
  if (it == queues_.end())
    return duration{0};
  auto next = it->second.looked_at_all + it->second.served_by_all;
  if (it->second.taken >= crowded)
    next = std::min(next, it->second.looked_wide + wide_lifetime);
  return std::max(std::chrono::duration_cast<duration>(next - now),
                  duration{0});
}

void low_water::learn(const std::string& queue,
                      const std::vector<leased_job>& jobs, reach how_far,
                      bool ended, time_point database_now, instant now,
                      duration took) {
  if (jobs.empty()) {
    queues_.erase(queue);
    return;
  }
  auto& known = queues_[queue];
  // A quiet queue stays a quiet one.
  if (how_far == reach::all
      && now - known.looked_at_all >= known.served_by_all) {
    known.looked_at_all = now;
    known.served_by_all
        = std::clamp<duration>(share * took, lifetime, longest_lifetime);
    known.taken = 0;
  }
  if (how_far != reach::last)
    known.looked_below = now;
  if (how_far == reach::all || how_far == reach::wide)
    known.looked_wide = now;
  known.taken += jobs.size();
  known.full = !ended;
  // Priorities up to the last one given were looked at to the end.
  auto last = jobs.back().value.priority;
  for (auto& one : known.seen)
    if (one.priority < last || ended)
      one.first = std::max<std::int64_t>(one.first, to_micros(database_now));
  for (auto job = jobs.begin(); job != jobs.end();) {
    auto priority = job->value.priority;
    auto first = job;
    job = std::find_if(job, jobs.end(), [&](const auto& other) {
      return other.value.priority != priority;
    });
    auto at = std::lower_bound(
        known.seen.begin(), known.seen.end(), priority,
        [](const place& x, std::int16_t p) { return x.priority < p; });
    if (at == known.seen.end() || at->priority != priority)
      at = known.seen.insert(at, place{.priority = priority});
    at->first = to_micros(first->value.run_at);
    at->last = to_micros(std::prev(job)->value.run_at);
    at->last_id = std::prev(job)->value.id;
  }
}

} // namespace callboard::store
