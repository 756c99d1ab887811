#include "tests/support/memory_state.hpp"

#include "store/sql/texts.hpp"

#include <algorithm>
#include <utility>

namespace callboard::testing {

bool memory_state::row::spent() const {
  return cancelled
         || (value.max_attempts > 0 && value.attempt >= value.max_attempts);
}

void memory_state::row::come_back(time_point now) {
  state = crashes > 0 && !cancelled ? suspect : free;
  node = 0;
  recorded = false;
  isolated = false;
  updated_at = now;
}

memory_state::row* memory_state::leased(const std::string& id,
                                        std::int64_t fence) {
  auto at = rows.find(id);
  if (at == rows.end() || at->second.state != row::leased
      || at->second.fence != fence)
    return nullptr;
  return &at->second;
}

std::optional<fault> memory_state::draw_fault(const operation& which) {
  auto planned = faults.find(which);
  if (planned != faults.end() && planned->second.second > 0) {
    --planned->second.second;
    return planned->second.first;
  }
  return rule ? rule(which) : std::nullopt;
}

void memory_state::close_connection(std::uint64_t connection) {
  open.erase(connection);
  for (auto& [id, x] : nodes)
    if (x.lock == connection)
      x.lock = 0;
}

void memory_state::bury(row what, std::int32_t new_crashes,
                        std::string reason) {
  what.value.last_error = std::move(reason);
  letter buried;
  buried.value = {++last_sequence, std::move(what.value), now()};
  buried.fence = what.fence;
  buried.crashes = what.crashes + new_crashes;
  dead.push_back(std::move(buried));
}

void memory_state::free_leases(incarnation of, const std::string& cause,
                               time_point when,
                               std::optional<std::int32_t> max_crashes,
                               reclaim_report& report) {
  auto name = nodes.contains(of) ? nodes.at(of).name : "";
  for (auto at = rows.begin(); at != rows.end();) {
    auto& x = at->second;
    if (x.state != row::leased || x.node != of) {
      ++at;
      continue;
    }
    x.value.last_error = store::worker_died_text(name, of, cause, when)
                         + store::during_attempt(x.value.attempt, x.recorded);
    if (!x.recorded)
      x.value.attempt = std::max(x.value.attempt - 1, 0);
    auto crash = max_crashes && !x.isolated;
    if (!crash || x.crashes + 1 < *max_crashes) {
      x.crashes += crash ? 1 : 0;
      x.come_back(now());
      x.value.run_at = now();
      ++report.freed;
      ++at;
    } else {
      x.value.last_error += store::crash_count(x.crashes + 1, *max_crashes);
      report.dead.push_back(x.value);
      auto reason = x.value.last_error;
      bury(std::move(x), 1, std::move(reason));
      at = rows.erase(at);
    }
  }
}

job_info memory_state::info(const row& what) const {
  job_info info;
  info.value = what.value;
  info.state = what.state == row::leased    ? job_state::running
               : what.state == row::suspect ? job_state::suspect
               : what.due(now())            ? job_state::waiting
                                            : job_state::delayed;
  info.fence = what.fence;
  info.crashes = what.crashes;
  info.cancelled = what.cancelled;
  auto at = nodes.find(what.node);
  if (at != nodes.end())
    info.node = at->second.name;
  info.updated_at = what.updated_at;
  return info;
}

} // namespace callboard::testing
