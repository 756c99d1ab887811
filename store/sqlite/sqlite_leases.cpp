#include "store/sql/moment.hpp"
#include "store/sql/texts.hpp"
#include "store/sqlite/rows.hpp"
#include "store/sqlite/sqlite_work.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace callboard::store {

namespace {

constexpr auto before_all = std::numeric_limits<long long>::min();

// How long from `now` until `moment`, never negative.
duration until(long long moment, long long now) {
  return duration{std::max(moment - now, 0LL)};
}

bool spent(const stored_job& what) {
  const auto& value = what.value;
  return what.cancelled
         || (value.max_attempts > 0 && value.attempt >= value.max_attempts);
}

} // namespace

result<std::vector<lease_batch>>
sqlite_store::lease(const std::vector<lease_request>& requests) {
  return guarded([&] {
    require_joined();
    check_in_place(*session_, *place_);
    // A cheap look first: whoever finds nothing does not write.
    auto now = micros();
    std::vector<lease_batch> batches(requests.size());
    auto due = false;
    for (std::size_t i = 0; i < requests.size(); ++i) {
      auto first = first_due(requests[i]);
      if (first)
        batches[i].next_due = until(*first, now);
      due = due || (first && *first <= now);
    }
    if (!due)
      return batches;
    sqlite_transaction tx{*session_, *place_, patience()};
    require_joined();
    now = micros();
    auto fence = std::get<0>(sql_.read_fence.first().value());
    auto drawn = fence;
    for (std::size_t i = 0; i < requests.size(); ++i)
      batches[i] = lease_one(requests[i], now, fence);
    if (fence != drawn)
      sql_.write_fence.run(fence);
    tx.commit();
    return batches;
  });
}

void sqlite_store::require_joined() {
  if (!member_)
    throw failure{not_joined(place_->name())};
  if (std::get<0>(sql_.has_node.first(member_->id).value()) == 0)
    throw failure{declared_dead(place_->name(), member_->id)};
}

std::optional<long long> sqlite_store::first_due(const lease_request& request) {
  std::optional<long long> first;
  auto consider = [&](long long run_at) {
    first = first ? std::min(*first, run_at) : run_at;
  };
  if (request.suspects)
    sql_.first_suspect.each(consider, request.queue);
  auto priority = sql_.next_priority.first(request.queue, before_all);
  while (priority) {
    sql_.first_run.each(consider, request.queue, std::get<0>(*priority));
    priority = sql_.next_priority.first(request.queue, std::get<0>(*priority));
  }
  return first;
}

lease_batch sqlite_store::lease_one(const lease_request& request, long long now,
                                    long long& fence) {
  lease_batch batch;
  auto alone = lease_suspect(request, now, fence, batch);
  if (!alone) {
    auto rest = request.limit;
    auto priority = sql_.next_priority.first(request.queue, before_all);
    while (priority && rest > 0) {
      auto line = std::get<0>(*priority);
      rest -= lease_line(request, line, rest, now, fence, batch);
      priority = sql_.next_priority.first(request.queue, line);
    }
  }
  if (batch.jobs.size() < request.limit) {
    // Whoever holds a suspect now can't be given another one.
    auto rest = request;
    rest.suspects = request.suspects && !alone;
    if (auto first = first_due(rest))
      batch.next_due = until(*first, now);
  }
  return batch;
}

bool sqlite_store::lease_suspect(const lease_request& request, long long now,
                                 long long& fence, lease_batch& batch) {
  if (!request.suspects)
    return false;
  std::optional<stored_job> found;
  sql_.due_suspect.each_row(
      [&](const row_view& row) { found = to_stored(row); }, request.queue, now);
  return found && take(request, std::move(*found), now, fence, true, batch);
}

std::size_t sqlite_store::lease_line(const lease_request& request,
                                     long long priority, std::size_t limit,
                                     long long now, long long& fence,
                                     lease_batch& batch) {
  std::vector<stored_job> found;
  sql_.due_jobs.each_row(
      [&](const row_view& row) { found.push_back(to_stored(row)); },
      request.queue, priority, now, static_cast<long long>(limit));
  for (auto& one : found)
    take(request, std::move(one), now, fence, false, batch);
  return found.size();
}

bool sqlite_store::take(const lease_request& request, stored_job found,
                        long long now, long long& fence, bool suspect,
                        lease_batch& batch) {
  auto& value = found.value;
  if (spent(found)) {
    value.last_error
        = exhausted_text(value.attempt, found.cancelled, value.last_error);
    bury({.row = found.row, .error = value.last_error}, now);
    batch.exhausted.push_back(std::move(value));
    return false;
  }
  auto recorded = suspect || batch.jobs.size() < request.start;
  sql_.take_job.run(member_->id, ++fence, now, !recorded, request.isolated,
                    found.row);
  ++value.attempt;
  batch.jobs.push_back({std::move(value), fence, suspect, recorded});
  return true;
}

void sqlite_store::bury(const burial& what, long long now) {
  sql_.copy_to_dead.run(what.refund, what.new_crashes, now, what.error,
                        what.row);
  sql_.delete_row.run(what.row);
}

result<std::vector<lease_ref>> sqlite_store::held() {
  return guarded([&] {
    require_joined();
    std::vector<lease_ref> leases;
    sql_.held.each(
        [&](auto& id, auto fence) {
          leases.push_back({id, fence});
        },
        member_->id);
    return leases;
  });
}

} // namespace callboard::store
