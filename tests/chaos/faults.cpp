#include "tests/chaos/faults.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <random>

namespace callboard::chaos {

namespace {

using enum fault_kind;

enum class target : std::uint8_t {
  node,
  server,
  performer,
  link,
  peers,
  enqueuers
};

struct traits {
  std::string_view name;
  /// How often it comes, beside the others.
  int weight;
  /// How long it lasts, in milliseconds.
  int shortest, longest;
  target what;
  bool costs_leases, costs_performers;
};

// In the order of fault_kind.
constexpr std::array all{
    traits{"kill", 22, 0, 0, target::node, true, false},
    traits{"pause", 6, 100, 1000, target::node, false, false},
    // Beyond the silence limit, which is added.
    traits{"stop", 10, 500, 5000, target::node, true, true},
    traits{"terminate", 8, 0, 0, target::node, true, false},
    traits{"cut", 7, 0, 0, target::node, true, false},
    traits{"swallow", 7, 500, 8000, target::node, true, false},
    traits{"freeze", 5, 300, 8000, target::node, true, false},
    traits{"refuse", 5, 300, 6000, target::node, true, false},
    traits{"delay", 4, 1000, 6000, target::node, false, false},
    traits{"restart_fast", 5, 100, 5000, target::server, true, false},
    traits{"restart_immediate", 5, 100, 5000, target::server, true, false},
    traits{"lock_table", 3, 200, 1500, target::server, false, false},
    traits{"reload", 6, 0, 0, target::node, false, false},
    traits{"deploy", 5, 0, 0, target::node, false, false},
    traits{"performer_kill", 9, 0, 0, target::performer, false, true},
    traits{"performer_pause", 2, 100, 1000, target::performer, false, false},
    // Beyond the silence, which is added.
    traits{"performer_stop", 6, 1000, 4000, target::performer, false, true},
    traits{"performer_reload", 3, 0, 0, target::performer, false, false},
    traits{"performer_deploy", 4, 0, 0, target::performer, false, false},
    traits{"link_cut", 6, 0, 0, target::link, false, true},
    traits{"link_partition", 6, 1000, 4000, target::link, false, true},
    traits{"link_stall", 5, 300, 8000, target::link, false, true},
    traits{"link_delay", 3, 1000, 6000, target::link, false, false},
    traits{"peer_cut", 3, 0, 0, target::peers, false, false},
    traits{"peer_partition", 3, 1000, 4000, target::peers, false, false},
    traits{"client_cut", 3, 0, 0, target::enqueuers, false, false},
    traits{"client_swallow", 2, 500, 4000, target::enqueuers, false, false},
    traits{"kill_enqueuer", 3, 0, 0, target::enqueuers, false, false},
    traits{"poison", 6, 0, 0, target::enqueuers, false, false},
    traits{"poisoned", 0, 0, 0, target::node, true, false},
    traits{"stalled", 0, 0, 0, target::server, true, true},
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
  return of(kind).what == target::node;
}

bool hits_a_performer(fault_kind kind) noexcept {
  return of(kind).what == target::performer || hits_a_link(kind);
}

bool hits_a_link(fault_kind kind) noexcept {
  return of(kind).what == target::link;
}

bool hits_peers(fault_kind kind) noexcept {
  return of(kind).what == target::peers;
}

bool hits_the_server(fault_kind kind) noexcept {
  return of(kind).what == target::server;
}

bool costs_leases(fault_kind kind) noexcept {
  return of(kind).costs_leases;
}

bool costs_performers(fault_kind kind) noexcept {
  return of(kind).costs_performers;
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
    if (hits_a_node(kind) || hits_a_link(kind) || hits_peers(kind))
      one.node = 1 + static_cast<int>(draw.number(rules.nodes));
    if (hits_a_performer(kind))
      one.performer = 1 + static_cast<int>(draw.number(rules.performers));
    one.lasts
        = 1000
          * (about.shortest + draw.number(about.longest - about.shortest + 1));
    if (kind == stop)
      one.lasts += rules.silence_limit;
    if (kind == performer_stop || kind == link_partition
        || kind == peer_partition)
      one.lasts += rules.silence;
    faults.push_back(one);
  }
  // The whole in the time that there is.
  auto factor = static_cast<double>(rules.time) / (at * 1e6);
  for (auto& each : faults)
    each.at = static_cast<micros>(static_cast<double>(each.at) * factor);
  return faults;
}

} // namespace callboard::chaos
