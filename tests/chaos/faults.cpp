#include "tests/chaos/faults.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <random>

namespace callboard::chaos {

namespace {

using enum fault_kind;

struct traits {
  std::string_view name;
  /// How often it comes, beside the others.
  int weight;
  /// How long it lasts, in milliseconds.
  int shortest, longest;
  bool node, server, costs_leases;
};

// In the order of fault_kind.
constexpr std::array all{
    traits{"kill", 22, 0, 0, true, false, true},
    traits{"pause", 6, 100, 1000, true, false, false},
    // Beyond the silence limit, which is added.
    traits{"stop", 10, 500, 5000, true, false, true},
    traits{"terminate", 8, 0, 0, true, false, true},
    traits{"cut", 7, 0, 0, true, false, true},
    traits{"swallow", 7, 500, 8000, true, false, true},
    traits{"freeze", 5, 300, 8000, true, false, true},
    traits{"refuse", 5, 300, 6000, true, false, true},
    traits{"delay", 4, 1000, 6000, true, false, false},
    traits{"restart_fast", 5, 100, 5000, false, true, true},
    traits{"restart_immediate", 5, 100, 5000, false, true, true},
    traits{"lock_table", 3, 200, 1500, false, true, false},
    traits{"reload", 6, 0, 0, true, false, false},
    traits{"deploy", 5, 0, 0, true, false, false},
    traits{"client_cut", 3, 0, 0, false, false, false},
    traits{"client_swallow", 2, 500, 4000, false, false, false},
    traits{"kill_enqueuer", 3, 0, 0, false, false, false},
    traits{"poison", 6, 0, 0, false, false, false},
    traits{"poisoned", 0, 0, 0, true, false, true},
    traits{"stalled", 0, 0, 0, false, true, true},
};

static_assert(all.size() == static_cast<std::size_t>(stalled) + 1);

const traits& of(fault_kind kind) {
  return all[static_cast<std::size_t>(kind)];
}

// std's distributions may differ between libraries; a seed must not.
class dice {
public:
  explicit dice(std::uint64_t seed) : engine_{seed} {}

  /// 0 to `below` - 1.
  std::int64_t number(std::int64_t below) {
    return static_cast<std::int64_t>(engine_()
                                     % static_cast<std::uint64_t>(below));
  }

  double share() { return static_cast<double>(engine_() >> 11) * 0x1.0p-53; }

private:
  std::mt19937_64 engine_;
};

fault_kind weighted(const std::vector<fault_kind>& kinds, dice& draw) {
  std::int64_t total = 0;
  for (auto each : kinds)
    total += of(each).weight;
  auto left = draw.number(total);
  for (auto each : kinds)
    if (left -= of(each).weight; left < 0)
      return each;
  return kinds.back();
}

} // namespace

std::string_view to_string(fault_kind kind) noexcept {
  return of(kind).name;
}

std::optional<fault_kind> parse_fault_kind(std::string_view name) {
  for (std::size_t i = 0; i < all.size(); ++i)
    if (all[i].name == name)
      return static_cast<fault_kind>(i);
  return std::nullopt;
}

bool hits_a_node(fault_kind kind) noexcept {
  return of(kind).node;
}

bool hits_the_server(fault_kind kind) noexcept {
  return of(kind).server;
}

bool costs_leases(fault_kind kind) noexcept {
  return of(kind).costs_leases;
}

bool costs_answers(fault_kind kind) noexcept {
  switch (kind) {
  // The deadline of a statement may pass meanwhile.
  case stop:
  case pause:
  case terminate:
  case cut:
  case swallow:
  case freeze:
  case refuse:
  case restart_fast:
  case restart_immediate:
  case stalled:
    return true;
  default:
    return false;
  }
}

std::vector<fault_kind> postgres_faults() {
  std::vector<fault_kind> kinds;
  for (int i = 0; i <= static_cast<int>(last_scheduled); ++i)
    kinds.push_back(static_cast<fault_kind>(i));
  return kinds;
}

std::vector<fault_kind> sqlite_faults() {
  return {kill, pause, stop, lock_table, reload, deploy, kill_enqueuer, poison};
}

std::vector<planned_fault> make_schedule(const schedule_rules& rules) {
  dice draw{rules.seed};
  std::vector<fault_kind> kinds = rules.kinds;
  for (auto i = kinds.size(); i > 1; --i)
    std::swap(kinds[i - 1], kinds[static_cast<std::size_t>(
                                draw.number(static_cast<std::int64_t>(i)))]);
  auto count = static_cast<std::size_t>(rules.faults);
  while (kinds.size() < count)
    kinds.push_back(weighted(rules.kinds, draw));
  kinds.resize(count);
  std::vector<planned_fault> faults;
  double at = 0;
  for (auto kind : kinds) {
    // Gaps as of independent events, so that some come at once.
    at += -std::log(1 - draw.share());
    const auto& about = of(kind);
    planned_fault one{.kind = kind};
    one.at = static_cast<micros>(at * 1e6);
    one.node = about.node ? 1 + static_cast<int>(draw.number(rules.nodes)) : 0;
    one.lasts
        = 1000
          * (about.shortest + draw.number(about.longest - about.shortest + 1));
    if (kind == stop)
      one.lasts += rules.silence_limit;
    faults.push_back(one);
  }
  // The whole in the time that there is.
  auto factor = static_cast<double>(rules.time) / (at * 1e6);
  for (auto& each : faults)
    each.at = static_cast<micros>(static_cast<double>(each.at) * factor);
  return faults;
}

} // namespace callboard::chaos
