#pragma once

#include "actors/cluster/link.hpp"

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <utility>

namespace callboard::actors {

/// Who has how many of the slots of a performer that several nodes share. Each
/// node is offered what the others leave; so nothing that is free is withheld
/// from anybody, and two nodes can be quicker than an offer: then one of them
/// is refused. A value.
class shares {
public:
  void begin(link_id who, const std::string& queue) {
    ++taken_[{queue, who}];
    ++sum_[queue];
  }

  void end(link_id who, const std::string& queue) {
    if (drop(taken_, {queue, who}))
      drop(sum_, queue);
  }

  /// Jobs that run, of a queue.
  std::size_t taken(const std::string& queue) const {
    return count(sum_, queue);
  }

  /// How many of the slots of the queue this node may use, those that it has
  /// included.
  std::size_t offer(link_id who, const std::string& queue,
                    std::size_t slots) const {
    auto others = taken(queue) - count(taken_, {queue, who});
    return slots - std::min(slots, others);
  }

private:
  template <class Map>
  static std::size_t count(const Map& all, const typename Map::key_type& key) {
    auto found = all.find(key);
    return found == all.end() ? 0 : found->second;
  }

  template <class Map>
  static bool drop(Map& all, const typename Map::key_type& key) {
    auto found = all.find(key);
    if (found == all.end())
      return false;
    if (--found->second == 0)
      all.erase(found);
    return true;
  }

  std::map<std::pair<std::string, link_id>, std::size_t> taken_;
  std::map<std::string, std::size_t> sum_;
};

} // namespace callboard::actors
