#include "store/postgres/postgres_store.hpp"
#include "store/postgres/statements/outcomes.hpp"
#include "store/sql/moment.hpp"

#include <algorithm>
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

// In the order of ids, as those of a plan.
parameters leases_of(const std::vector<lease_ref>& leases) {
  std::vector<const lease_ref*> order;
  for (const auto& lease : leases)
    order.push_back(&lease);
  std::sort(order.begin(), order.end(),
            [](const auto* x, const auto* y) { return x->id < y->id; });
  lease_columns columns;
  for (const auto* lease : order) {
    columns.ids.push_back(lease->id);
    columns.fences.push_back(lease->fence);
  }
  return std::move(parameters{}.add(columns.ids).add(columns.fences));
}

// Which leases a statement answered.
class named_leases {
public:
  explicit named_leases(const rows& answer) {
    for (int row = 0; row < answer.size(); ++row)
      all_.emplace(answer.bytes(row, 0), answer.number(row, 1));
  }

  bool has(const lease_ref& lease) const {
    return all_.contains({lease.id, lease.fence});
  }

private:
  std::set<std::pair<std::string_view, std::int64_t>> all_;
};

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
    lock_leases(plan);
    settle_all(plan, report);
    tx.commit();
    return report;
  });
}

// Each kind of outcome counts down the large leases of its own jobs: without
// that, two batches could wait for each other.
void postgres_store::lock_leases(const settle_plan& plan) {
  lease_columns all;
  for (const auto* kind :
       {&plan.completed, &plan.retried, &plan.dead, &plan.rescheduled})
    for (const auto& item : *kind) {
      all.ids.push_back(item.lease->id);
      all.fences.push_back(item.lease->fence);
    }
  parameters values;
  connection_->repeat(postgres::lock_leases,
                      values.add(all.ids).add(all.fences));
}

void postgres_store::settle_all(settle_plan& plan, settle_report& report) {
  using items = std::vector<settle_item>;
  settle_kind(postgres::complete, plan.completed, report,
              [](const items& some) { return leases_of(some); });
  settle_kind(postgres::retry, plan.retried, report, [&](const items& some) {
    auto values = leases_of(some);
    values.add(delays_of(some)).add(errors_of(some)).add(clock());
    return values;
  });
  settle_kind(postgres::bury, plan.dead, report, [&](const items& some) {
    auto values = leases_of(some);
    values.add(errors_of(some)).add(clock());
    return values;
  });
  settle_kind(postgres::reschedule, plan.rescheduled, report,
              [&](const items& some) {
                std::vector<std::optional<std::int64_t>> moments;
                std::vector<const std::string*> args;
                for (const auto& item : some) {
                  moments.push_back(std::nullopt);
                  if (item.at)
                    moments.back() = to_micros(*item.at);
                  args.push_back(item.arg);
                }
                auto values = leases_of(some);
                values.add(delays_of(some)).add(moments).add_bytes(args);
                values.add(clock());
                return values;
              });
}

template <class Values>
void postgres_store::settle_kind(const char* sql,
                                 std::vector<settle_item>& items,
                                 settle_report& report, Values values_of) {
  if (items.empty())
    return;
  twice([&] {
    auto done = connection_->repeat(sql, values_of(items));
    if (static_cast<std::size_t>(done.size()) == items.size()) {
      for (const auto& item : items)
        report.accepted[item.index] = true;
      return true;
    }
    named_leases accepted{done};
    std::erase_if(items, [&](const settle_item& item) {
      return report.accepted[item.index] = accepted.has(*item.lease);
    });
    return false;
  });
}

result<std::vector<bool>>
postgres_store::start(const std::vector<lease_ref>& leases) {
  std::vector<bool> ours(leases.size());
  if (leases.empty())
    return ours;
  return guarded([&] {
    twice([&] {
      auto done = connection_->repeat(postgres::start, leases_of(leases));
      named_leases found{done};
      for (std::size_t i = 0; i < leases.size(); ++i)
        ours[i] = found.has(leases[i]);
      return std::find(ours.begin(), ours.end(), false) == ours.end();
    });
    return ours;
  });
}

result<std::size_t>
postgres_store::release(const std::vector<lease_ref>& leases, duration wait) {
  if (leases.empty())
    return std::size_t{0};
  return guarded([&] {
    std::size_t count = 0;
    auto left = leases;
    twice([&] {
      auto values = leases_of(left);
      values.add(wait.count()).add(clock());
      auto done = connection_->change(postgres::release, values);
      count += static_cast<std::size_t>(done.size());
      named_leases back{done};
      std::erase_if(left, [&](const auto& one) { return back.has(one); });
      return left.empty();
    });
    return count;
  });
}

} // namespace callboard::store
