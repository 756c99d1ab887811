#include "store/postgres/postgres_store.hpp"
#include "store/postgres/statements/outcomes.hpp"
#include "store/sql/moment.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace callboard::store {

namespace {

struct lease_columns {
  std::vector<std::string_view> ids;
  std::vector<std::int64_t> fences;
};

lease_columns columns_of(const std::vector<settle_item>& items) {
  lease_columns columns;
  for (const auto& item : items) {
    columns.ids.push_back(item.lease->id);
    columns.fences.push_back(item.lease->fence);
  }
  return columns;
}

parameters leases_of(const std::vector<settle_item>& items) {
  auto columns = columns_of(items);
  return std::move(parameters{}.add(columns.ids).add(columns.fences));
}

parameters leases_of(const std::vector<lease_ref>& leases) {
  lease_columns columns;
  for (const auto& lease : leases) {
    columns.ids.push_back(lease.id);
    columns.fences.push_back(lease.fence);
  }
  return std::move(parameters{}.add(columns.ids).add(columns.fences));
}

std::vector<std::string_view> errors_of(const std::vector<settle_item>& items) {
  std::vector<std::string_view> errors;
  for (const auto& item : items)
    errors.push_back(item.error);
  return errors;
}

std::vector<std::int64_t> delays_of(const std::vector<settle_item>& items) {
  std::vector<std::int64_t> delays;
  for (const auto& item : items)
    delays.push_back(item.after.count());
  return delays;
}

} // namespace

result<settle_report>
postgres_store::settle(const std::vector<settlement>& settlements) {
  return guarded([&] {
    settle_report report;
    report.accepted.resize(settlements.size());
    std::optional<time_point> now;
    if (settle_plan::needs_now(settlements))
      now = database_now();
    settle_plan plan{settlements, now};
    if (plan.kinds() <= 1) {
      settle_all(plan, report);
      return report;
    }
    postgres_transaction tx{*connection_};
    settle_all(plan, report);
    tx.commit();
    return report;
  });
}

void postgres_store::settle_all(const settle_plan& plan,
                                settle_report& report) {
  if (!plan.completed.empty())
    settle_kind(postgres::complete, plan.completed, report,
                leases_of(plan.completed));
  if (!plan.retried.empty()) {
    auto values = leases_of(plan.retried);
    values.add(delays_of(plan.retried));
    values.add(errors_of(plan.retried)).add(clock());
    settle_kind(postgres::retry, plan.retried, report, std::move(values));
  }
  if (!plan.dead.empty()) {
    auto values = leases_of(plan.dead);
    values.add(errors_of(plan.dead)).add(clock());
    settle_kind(postgres::bury, plan.dead, report, std::move(values));
  }
  if (!plan.rescheduled.empty()) {
    std::vector<std::optional<std::int64_t>> moments;
    std::vector<const std::string*> args;
    for (const auto& item : plan.rescheduled) {
      moments.push_back(std::nullopt);
      if (item.at)
        moments.back() = to_micros(*item.at);
      args.push_back(item.arg);
    }
    auto values = leases_of(plan.rescheduled);
    values.add(delays_of(plan.rescheduled)).add(moments).add_bytes(args);
    values.add(clock());
    settle_kind(postgres::reschedule, plan.rescheduled, report,
                std::move(values));
  }
}

void postgres_store::settle_kind(const char* sql,
                                 const std::vector<settle_item>& items,
                                 settle_report& report, parameters values) {
  auto done = connection_->repeat(sql, values);
  if (static_cast<std::size_t>(done.size()) == items.size()) {
    for (const auto& item : items)
      report.accepted[item.index] = true;
    return;
  }
  std::map<std::pair<std::string_view, std::int64_t>, std::size_t> index_of;
  for (const auto& item : items)
    index_of.emplace(
        std::pair{std::string_view{item.lease->id}, item.lease->fence},
        item.index);
  for (int row = 0; row < done.size(); ++row)
    report.accepted[index_of.at({done.bytes(row, 0), done.number(row, 1)})]
        = true;
}

result<std::vector<bool>>
postgres_store::start(const std::vector<lease_ref>& leases) {
  std::vector<bool> ours(leases.size());
  if (leases.empty())
    return ours;
  return guarded([&] {
    auto done = connection_->repeat(postgres::start, leases_of(leases));
    std::set<std::pair<std::string_view, std::int64_t>> found;
    for (int row = 0; row < done.size(); ++row)
      found.emplace(done.bytes(row, 0), done.number(row, 1));
    for (std::size_t i = 0; i < leases.size(); ++i)
      ours[i] = found.contains({leases[i].id, leases[i].fence});
    return ours;
  });
}

result<std::size_t>
postgres_store::release(const std::vector<lease_ref>& leases, duration wait) {
  if (leases.empty())
    return std::size_t{0};
  return guarded([&] {
    auto values = leases_of(leases);
    values.add(wait.count()).add(clock());
    auto done = connection_->change(postgres::release, values);
    return static_cast<std::size_t>(done.changed());
  });
}

} // namespace callboard::store
