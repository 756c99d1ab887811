#pragma once

#include "actors/cluster/link.hpp"
#include "actors/cluster/wire/performer.hpp"
#include "store/model/time.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace callboard::actors {

/// The performers that are linked to this node, what each of them offers, and
/// how many jobs each has: decides who gets a job. A value.
class roster {
public:
  /// Nobody who is here performs this type.
  struct unknown_type {};
  /// Whoever performs it has no free slot.
  struct all_busy {};

  using choice = std::variant<link_id, all_busy, unknown_type>;

  void join(link_id who, std::string name);

  /// All that it offers from now on. What it was given stays with it, also
  /// where that is more. Answers the queues whose slots have changed.
  std::set<std::string> offers(link_id who, const wire::offer_v1& all);

  /// Answers the queues whose slots have changed.
  std::set<std::string> leave(link_id who);

  /// Who is to perform a job: of those with a free slot, the one with the
  /// smallest part of its slots taken.
  choice choose(const std::string& queue, const std::string& type) const;

  /// It got a job of the queue; it is done with one.
  void taken(link_id who, const std::string& queue);
  void freed(link_id who, const std::string& queue);

  /// It has said that a job is too much for it: until its next offer, it has no
  /// more slots in the queue than jobs. True when its slots have changed.
  bool full(link_id who, const std::string& queue);

  /// It is here, and offers nothing.
  bool withdrawn(link_id who) const;

  /// Slots of a queue, over all performers.
  std::size_t slots(const std::string& queue) const;

  /// Empty when nobody has this id.
  const std::string& name(link_id who) const;

  std::size_t size() const noexcept { return members_.size(); }

private:
  struct stand {
    /// Empty: every type.
    std::set<std::string> types;
    std::size_t slots = 0;
    std::size_t taken = 0;

    bool performs(const std::string& type) const {
      return types.empty() || types.contains(type);
    }
  };

  struct member {
    std::string name;
    std::map<std::string, stand> queues;
  };

  std::map<link_id, member> members_;
};

} // namespace callboard::actors
