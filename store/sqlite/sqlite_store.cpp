#include "store/sqlite/sqlite_store.hpp"

#include "store/sql/moment.hpp"
#include "store/sqlite/insert_jobs.hpp"
#include "store/sqlite/sqlite_work.hpp"

#include <algorithm>
#include <utility>

namespace callboard::store {

sqlite_store::sqlite_store(sqlite_place_ptr place,
                           std::unique_ptr<soci::session> session,
                           const database_options& options)
    : place_{std::move(place)}, options_{options}, session_{std::move(session)},
      sql_{*session_} {}

result<void> sqlite_store::enqueue(const std::vector<new_job>& jobs) {
  if (jobs.empty())
    return error{errc::empty_bulk, "enqueue wants at least one job"};
  return written([&] { insert_jobs(sql_.insert_job, jobs, micros()); });
}

result<void> sqlite_store::wake(const std::vector<std::string>& queues) {
  if (queues.empty() || place_->temporary())
    return {};
  return guarded([&] { bell().touch(); });
}

// A wake-up is a write of one byte to a file: nothing to wait for.
result<bool>
sqlite_store::enqueue_and_wake(const std::vector<new_job>& jobs,
                               const std::vector<std::string>& queues) {
  if (auto stored = enqueue(jobs); !stored)
    return stored.error();
  static_cast<void>(wake(queues));
  return true;
}

lock_file& sqlite_store::bell() {
  if (!bell_)
    bell_ = std::make_unique<lock_file>(place_->lock_path());
  return *bell_;
}

result<time_point> sqlite_store::now() {
  return from_micros(micros());
}

result<void> sqlite_store::look() {
  return guarded([&] { check_in_place(*session_, *place_); });
}

void sqlite_store::give_up_at(
    std::optional<std::chrono::steady_clock::time_point> end) noexcept {
  end_ = end;
  wait_for_locks(*session_, patience());
}

duration sqlite_store::patience() const {
  if (!end_)
    return options_.statement_timeout;
  auto left = std::chrono::duration_cast<duration>(
      *end_ - std::chrono::steady_clock::now());
  return std::clamp(left, duration{0}, options_.statement_timeout);
}

long long sqlite_store::micros() const {
  return to_micros(options_.clock ? options_.clock() : system_now());
}

} // namespace callboard::store
