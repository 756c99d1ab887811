#include "store/model/new_job.hpp"
#include "store/model/text.hpp"
#include "store/schedule/cron.hpp"
#include "tests/support/memory_connection.hpp"

#include <algorithm>
#include <utility>

namespace callboard::testing {

result<std::vector<bool>>
memory_connection::start(const std::vector<lease_ref>& leases) {
  using answers = std::vector<bool>;
  return perform<answers>("start", [&]() -> result<answers> {
    answers ours;
    for (const auto& x : leases) {
      auto* found = state_->leased(x.id, x.fence);
      ours.push_back(found != nullptr);
      if (found)
        found->recorded = true;
    }
    return ours;
  });
}

result<settle_report>
memory_connection::settle(const std::vector<settlement>& settlements) {
  return perform<settle_report>("settle", [&]() -> result<settle_report> {
    settle_report report;
    for (const auto& x : settlements) {
      auto* found = state_->leased(x.id, x.fence);
      report.accepted.push_back(found != nullptr);
      if (!found)
        continue;
      state_->accepted.push_back(x);
      std::visit([&](const auto& action) { apply(*found, action); }, x.action);
    }
    return report;
  });
}

result<std::size_t>
memory_connection::release(const std::vector<lease_ref>& leases,
                           duration wait) {
  return perform<std::size_t>("release", [&]() -> result<std::size_t> {
    std::size_t released = 0;
    for (const auto& x : leases) {
      auto* found = state_->leased(x.id, x.fence);
      if (!found)
        continue;
      ++released;
      if (wait > duration{0} && !found->cancelled)
        found->value.run_at = state_->now() + wait;
      found->come_back(state_->now());
      found->value.attempt = std::max(found->value.attempt - 1, 0);
    }
    return released;
  });
}

void memory_connection::free(row& x, time_point run_at) {
  x.come_back(state_->now());
  x.value.run_at = x.cancelled ? state_->now() : run_at;
}

void memory_connection::apply(row& x, const completed&) {
  state_->rows.erase(x.value.id);
}

void memory_connection::apply(row& x, const retried& action) {
  free(x, state_->now() + action.after);
  x.value.last_error = storable_text(action.error, job_limits::error_bytes);
}

void memory_connection::apply(row& x, const callboard::dead& action) {
  auto copy = x;
  state_->rows.erase(copy.value.id);
  state_->bury(std::move(copy), 0,
               storable_text(action.error, job_limits::error_bytes));
}

void memory_connection::apply(row& x, const rescheduled& action) {
  auto next = state_->now();
  if (const auto* after = std::get_if<duration>(&action.next)) {
    next += *after;
  } else {
    const auto& schedule = std::get<cron_schedule>(action.next);
    auto parsed = cron::parse(schedule);
    auto moment = parsed ? parsed->next(next) : std::nullopt;
    if (!moment)
      return apply(x, callboard::dead{"can't reschedule: cron '"
                                      + schedule.expression
                                      + "' has no next time"});
    next = *moment;
  }
  x.crashes = 0;
  free(x, next);
  x.value.attempt = 0;
  if (action.arg)
    x.value.arg = *action.arg;
}

} // namespace callboard::testing
