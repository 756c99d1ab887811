#pragma once

#include "store/model/lease.hpp"
#include "store/model/time.hpp"

#include <chrono>
#include <optional>

namespace callboard::actors {

/// How often this node looks for dead ones. Two of all nodes look at the full
/// pace, so that one of them finds the other; the rest share one more pace,
/// for the case that both die at once; who is alone finds nobody. A node that
/// does not know where it stands looks at the full pace. Time is given by the
/// caller.
class lookout {
public:
  using instant = std::chrono::steady_clock::time_point;

  /// So many look at the full pace: those that registered first.
  static constexpr std::size_t watchers = 2;

  explicit lookout(duration interval) : interval_{interval} {}

  /// A heartbeat leaves now, and `told` will say what it learns.
  void asked() { moved_ = false; }
  /// What it learned; nothing when it failed.
  void told(std::optional<node_standing> standing);

  /// Whether hints come, so that a node that joins is heard of. Each time that
  /// they do, one may have joined.
  void hears(bool hints);
  bool hears() const { return hears_; }

  /// The time between two looks; nothing while there is nobody to find.
  std::optional<duration> pace() const;

  /// There is no other node, and one that joins would be heard of.
  bool alone() const { return !pace(); }

  /// Whether it is time to look. True counts as a look.
  bool due(instant now);

private:
  duration interval_;
  bool hears_ = false;
  /// Somebody may have joined since the heartbeat left, which may not know of
  /// it.
  bool moved_ = true;
  std::optional<node_standing> standing_;
  std::optional<instant> looked_;
};

} // namespace callboard::actors
