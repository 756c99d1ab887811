#include "tests/support/event_log.hpp"

#include <algorithm>
#include <utility>

namespace callboard::testing {

std::vector<std::string> event_log::lines() const {
  std::lock_guard lock{mutex_};
  return lines_;
}

std::size_t
event_log::counted(const std::function<bool(const std::string&)>& f) const {
  return static_cast<std::size_t>(
      std::count_if(lines_.begin(), lines_.end(), f));
}

std::size_t event_log::count(const std::string& line) const {
  std::lock_guard lock{mutex_};
  return counted([&](const auto& x) { return x == line; });
}

std::size_t event_log::count_prefix(const std::string& beginning) const {
  std::lock_guard lock{mutex_};
  return counted([&](const auto& x) { return x.starts_with(beginning); });
}

bool event_log::wait_for(const std::string& beginning,
                         std::size_t times) const {
  std::unique_lock lock{mutex_};
  return changed_.wait_for(lock, std::chrono::seconds{60}, [&] {
    return counted([&](const auto& x) { return x.starts_with(beginning); })
           >= times;
  });
}

void event_log::note(std::string line) {
  std::lock_guard lock{mutex_};
  lines_.push_back(std::move(line));
  changed_.notify_all();
}

void event_log::job_started(const job_facts& x) {
  note("started " + x.id);
}

void event_log::job_completed(const job_facts& x, duration) {
  note("completed " + x.id);
}

void event_log::job_rescheduled(const job_facts& x, duration, const next_run&) {
  note("rescheduled " + x.id);
}

void event_log::job_will_be_retried(const job_facts& x, duration, duration,
                                    const std::string& why) {
  note("retried " + x.id + ": " + why);
}

void event_log::job_moved_to_dlq(const job_facts& x, duration,
                                 const std::string& why) {
  note("dead " + x.id + ": " + why);
}

void event_log::queue_is_empty(const std::string& queue) {
  note("empty " + queue);
}

void event_log::worker_error(const std::string& queue, const error& why) {
  note("error " + queue + ": " + to_string(why));
}

void event_log::outcome_fenced(const job_facts& x) {
  note("fenced " + x.id);
}

void event_log::handler_hung(const job_facts& x, duration) {
  note("hung " + x.id);
}

void event_log::jobs_reclaimed(std::size_t count, const std::string& nodes) {
  note("reclaimed " + std::to_string(count) + " of " + nodes);
}

} // namespace callboard::testing
