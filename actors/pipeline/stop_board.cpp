#include "actors/pipeline/stop_board.hpp"

namespace callboard {

// `request_stop` runs the callbacks of whoever waits for it, so it is always
// called on copies, after the lock is gone.

stop_board::running stop_board::add(entry job) {
  auto stop = job.stop;
  std::unique_lock guard{mutex_};
  auto key = next_key_++;
  entries_.emplace_hint(entries_.end(), key, std::move(job));
  auto late = stopping_;
  guard.unlock();
  if (late != stop_reason::none)
    stop.request(late);
  return {*this, key};
}

std::size_t stop_board::stop_overdue(steady_time now) {
  std::vector<stop_signal> overdue;
  {
    std::lock_guard guard{mutex_};
    for (auto& [key, job] : entries_) {
      if (!job.deadline || *job.deadline > now || job.late_since)
        continue;
      job.late_since = now;
      overdue.push_back(job.stop);
    }
  }
  std::size_t asked = 0;
  for (auto& stop : overdue)
    asked += stop.request(stop_reason::timed_out) ? 1 : 0;
  return asked;
}

std::vector<stop_board::entry> stop_board::take_hung(steady_time now,
                                                     duration grace) {
  std::vector<entry> hung;
  std::lock_guard guard{mutex_};
  std::erase_if(entries_, [&](auto& x) {
    auto& job = x.second;
    if (job.ends_itself || !job.late_since || now - *job.late_since < grace)
      return false;
    hung.push_back(std::move(job));
    return true;
  });
  return hung;
}

std::optional<stop_board::steady_time>
stop_board::next_deadline(duration grace) const {
  std::optional<steady_time> first;
  std::lock_guard guard{mutex_};
  for (const auto& [key, job] : entries_) {
    auto next = job.deadline;
    if (job.late_since)
      next = job.ends_itself ? std::nullopt
                             : std::optional{*job.late_since + grace};
    if (next && (!first || *next < *first))
      first = next;
  }
  return first;
}

bool stop_board::stop_one(std::string_view id, std::int64_t fence,
                          stop_reason why) {
  std::vector<stop_signal> found;
  {
    std::lock_guard guard{mutex_};
    for (const auto& [key, job] : entries_)
      if (job.fence == fence && job.id == id)
        found.push_back(job.stop);
  }
  for (auto& stop : found)
    stop.request(why);
  return !found.empty();
}

void stop_board::stop_all(stop_reason why) {
  std::vector<stop_signal> all;
  {
    std::lock_guard guard{mutex_};
    stopping_ = why;
    for (const auto& [key, job] : entries_)
      all.push_back(job.stop);
  }
  for (auto& stop : all)
    stop.request(why);
}

std::vector<stop_board::entry> stop_board::snapshot() const {
  std::vector<entry> result;
  std::lock_guard guard{mutex_};
  result.reserve(entries_.size());
  for (const auto& [key, job] : entries_)
    result.push_back(job);
  return result;
}

std::size_t stop_board::size() const {
  std::lock_guard guard{mutex_};
  return entries_.size();
}

void stop_board::remove(std::size_t key) {
  // The entry dies after the lock is gone: its stop state may be the last.
  std::map<std::size_t, entry>::node_type gone;
  std::lock_guard guard{mutex_};
  gone = entries_.extract(key);
}

} // namespace callboard
