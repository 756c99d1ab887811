#include "store/sql/settle_plan.hpp"

#include "store/model/new_job.hpp"
#include "store/model/text.hpp"
#include "store/schedule/cron.hpp"
#include "store/sql/moment.hpp"

#include <algorithm>
#include <numeric>
#include <string_view>
#include <tuple>
#include <utility>

namespace callboard::store {

namespace {

const cron_schedule* cron_of(const settlement& what) {
  const auto* action = std::get_if<rescheduled>(&what.action);
  return action ? std::get_if<cron_schedule>(&action->next) : nullptr;
}

std::string clean(std::string_view error) {
  return storable_text(error, job_limits::error_bytes);
}

/// The places of all by id, of each lease the first one only.
std::vector<std::size_t> by_id(const std::vector<settlement>& settlements) {
  std::vector<std::size_t> order(settlements.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  auto lease = [&](std::size_t at) {
    const auto& x = settlements[at];
    return std::tie(x.id, x.fence);
  };
  std::stable_sort(order.begin(), order.end(),
                   [&](auto a, auto b) { return lease(a) < lease(b); });
  auto end = std::unique(order.begin(), order.end(),
                         [&](auto a, auto b) { return lease(a) == lease(b); });
  order.erase(end, order.end());
  return order;
}

} // namespace

bool settle_plan::needs_now(const std::vector<settlement>& settlements) {
  for (const auto& what : settlements)
    if (cron_of(what))
      return true;
  return false;
}

settle_plan::settle_plan(const std::vector<settlement>& settlements,
                         std::optional<time_point> now) {
  leases_.reserve(settlements.size());
  for (auto i : by_id(settlements)) {
    const auto& what = settlements[i];
    if (!is_storable_text(what.id))
      continue;
    leases_.push_back({what.id, what.fence});
    settle_item item;
    item.index = i;
    item.lease = &leases_.back();
    if (std::holds_alternative<callboard::completed>(what.action)) {
      completed.push_back(std::move(item));
    } else if (const auto* again
               = std::get_if<callboard::retried>(&what.action)) {
      item.after = bounded(again->after);
      item.error = clean(again->error);
      retried.push_back(std::move(item));
    } else if (const auto* end = std::get_if<callboard::dead>(&what.action)) {
      item.error = clean(end->error);
      dead.push_back(std::move(item));
    } else {
      add(std::move(item), std::get<callboard::rescheduled>(what.action), now);
    }
  }
}

std::size_t settle_plan::kinds() const {
  return std::size_t{!completed.empty()} + std::size_t{!retried.empty()}
         + std::size_t{!dead.empty()} + std::size_t{!rescheduled.empty()};
}

void settle_plan::add(settle_item item, const callboard::rescheduled& action,
                      std::optional<time_point> now) {
  item.arg = action.arg ? &*action.arg : nullptr;
  if (const auto* after = std::get_if<duration>(&action.next)) {
    item.after = bounded(*after);
    rescheduled.push_back(std::move(item));
    return;
  }
  const auto& schedule = std::get<cron_schedule>(action.next);
  auto parsed = cron::parse(schedule);
  if (!parsed) {
    item.error = clean("can't reschedule: " + parsed.error().message);
    dead.push_back(std::move(item));
    return;
  }
  item.at = parsed->next(now.value_or(time_point{}));
  if (!item.at) {
    item.error = clean("can't reschedule: cron '" + schedule.expression
                       + "' has no next time within 40 years");
    dead.push_back(std::move(item));
    return;
  }
  rescheduled.push_back(std::move(item));
}

} // namespace callboard::store
