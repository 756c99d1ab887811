#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace callboard {

/// What a peer may do.
struct peer_roles {
  /// Enqueue, cancel, look at the counts.
  bool enqueue = false;
  /// Offer slots, get jobs with their args, answer outcomes.
  bool perform = false;
  /// Send hints, as full nodes do.
  bool node = false;

  static peer_roles all() { return {true, true, true}; }

  [[nodiscard]] bool any() const { return enqueue || perform || node; }

  friend bool operator==(const peer_roles&, const peer_roles&) = default;
};

/// One line of the list of who may do what.
struct allow_rule {
  /// A name of a certificate; "*.workers.example" stands for every name that
  /// ends so, "*" for every name.
  std::string name;
  peer_roles may;
};

namespace actors {

/// Whether `name` is meant by `pattern`; capital letters don't matter.
bool matches(std::string_view pattern, std::string_view name);

/// What a peer with these names may do: all that any rule allows to any of
/// them. Without rules whoever has a certificate of the authority may do all.
peer_roles roles_of(const std::vector<std::string>& names,
                    const std::vector<allow_rule>& rules);

} // namespace actors

} // namespace callboard
