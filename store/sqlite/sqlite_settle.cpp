#include "store/sql/moment.hpp"
#include "store/sql/settle_plan.hpp"
#include "store/sqlite/sqlite_work.hpp"

namespace callboard::store {

result<settle_report>
sqlite_store::settle(const std::vector<settlement>& settlements) {
  settle_report report;
  report.accepted.resize(settlements.size());
  if (settlements.empty())
    return report;
  return written([&] {
    auto now = micros();
    settle_plan plan{settlements, from_micros(now)};
    for (const auto& item : plan.completed)
      report.accepted[item.index]
          = sql_.complete_job.run(item.lease->id, item.lease->fence) > 0;
    for (const auto& item : plan.retried)
      report.accepted[item.index]
          = sql_.retry_job.run(now, now + item.after.count(), item.error,
                               item.lease->id, item.lease->fence)
            > 0;
    for (const auto& item : plan.dead)
      report.accepted[item.index] = settle_dead(item, now);
    for (const auto& item : plan.rescheduled)
      report.accepted[item.index] = reschedule(item, now);
    return report;
  });
}

bool sqlite_store::settle_dead(const settle_item& item, long long now) {
  auto row = sql_.leased_row.first(item.lease->id, item.lease->fence);
  if (!row)
    return false;
  bury({.row = std::get<0>(*row), .error = item.error}, now);
  return true;
}

bool sqlite_store::reschedule(const settle_item& item, long long now) {
  auto run_at = item.at ? to_micros(*item.at) : now + item.after.count();
  const auto& lease = *item.lease;
  if (item.arg)
    return sql_.reschedule_job_with_arg.run(now, run_at, *item.arg, lease.id,
                                            lease.fence)
           > 0;
  return sql_.reschedule_job.run(now, run_at, lease.id, lease.fence) > 0;
}

result<std::vector<bool>>
sqlite_store::start(const std::vector<lease_ref>& leases) {
  std::vector<bool> ours(leases.size());
  if (leases.empty())
    return ours;
  return written([&] {
    for (std::size_t i = 0; i < leases.size(); ++i) {
      const auto& lease = leases[i];
      auto unrecorded = sql_.is_leased.first(lease.id, lease.fence);
      ours[i] = unrecorded.has_value();
      // Most are recorded by their lease: those are not written again.
      if (unrecorded && std::get<0>(*unrecorded) != 0)
        sql_.start_job.run(lease.id, lease.fence);
    }
    return ours;
  });
}

result<std::size_t> sqlite_store::release(const std::vector<lease_ref>& leases,
                                          duration wait) {
  if (leases.empty())
    return std::size_t{0};
  return written([&] {
    auto now = micros();
    std::size_t released = 0;
    for (const auto& lease : leases)
      if (sql_.release_job.run(now, wait.count(), lease.id, lease.fence) > 0)
        ++released;
    return released;
  });
}

} // namespace callboard::store
