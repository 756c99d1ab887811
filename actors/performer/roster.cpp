#include "actors/performer/roster.hpp"

#include <algorithm>
#include <utility>

namespace callboard::actors {

void roster::join(link_id who, std::string name) {
  members_[who].name = std::move(name);
}

std::set<std::string> roster::offers(link_id who, const wire::offer_v1& all) {
  std::set<std::string> changed;
  auto found = members_.find(who);
  if (found == members_.end())
    return changed;
  auto& queues = found->second.queues;
  std::map<std::string, std::size_t> before;
  for (auto& [queue, place] : queues) {
    before[queue] = std::exchange(place.slots, 0);
    place.types.clear();
  }
  for (const auto& offer : all.queues) {
    auto& place = queues[offer.queue];
    place.types = {offer.types.begin(), offer.types.end()};
    place.slots = offer.slots;
  }
  for (auto i = queues.begin(); i != queues.end();) {
    auto& place = i->second;
    if (place.slots != before[i->first])
      changed.insert(i->first);
    i = place.slots == 0 && place.taken == 0 ? queues.erase(i) : std::next(i);
  }
  return changed;
}

std::set<std::string> roster::leave(link_id who) {
  std::set<std::string> changed;
  if (auto gone = members_.extract(who))
    for (const auto& [queue, place] : gone.mapped().queues)
      if (place.slots > 0)
        changed.insert(queue);
  return changed;
}

roster::choice roster::choose(const std::string& queue,
                              const std::string& type) const {
  std::optional<link_id> best;
  const stand* least = nullptr;
  auto known = false;
  for (const auto& [id, who] : members_) {
    auto found = who.queues.find(queue);
    if (found == who.queues.end() || found->second.slots == 0
        || !found->second.performs(type))
      continue;
    known = true;
    const auto& place = found->second;
    if (place.taken >= place.slots)
      continue;
    // taken / slots, compared without a division.
    if (!least || place.taken * least->slots < least->taken * place.slots) {
      best = id;
      least = &place;
    }
  }
  if (best)
    return *best;
  if (known)
    return all_busy{};
  return unknown_type{};
}

void roster::taken(link_id who, const std::string& queue) {
  auto found = members_.find(who);
  if (found != members_.end())
    ++found->second.queues[queue].taken;
}

void roster::freed(link_id who, const std::string& queue) {
  auto found = members_.find(who);
  if (found == members_.end())
    return;
  auto at = found->second.queues.find(queue);
  if (at == found->second.queues.end() || at->second.taken == 0)
    return;
  if (--at->second.taken == 0 && at->second.slots == 0)
    found->second.queues.erase(at);
}

bool roster::full(link_id who, const std::string& queue) {
  auto found = members_.find(who);
  if (found == members_.end())
    return false;
  auto at = found->second.queues.find(queue);
  if (at == found->second.queues.end() || at->second.slots <= at->second.taken)
    return false;
  at->second.slots = at->second.taken;
  return true;
}

bool roster::withdrawn(link_id who) const {
  auto found = members_.find(who);
  return found != members_.end()
         && std::ranges::all_of(found->second.queues, [](const auto& x) {
              return x.second.slots == 0;
            });
}

std::size_t roster::slots(const std::string& queue) const {
  std::size_t sum = 0;
  for (const auto& [id, who] : members_)
    if (auto found = who.queues.find(queue); found != who.queues.end())
      sum += found->second.slots;
  return sum;
}

const std::string& roster::name(link_id who) const {
  static const std::string nobody;
  auto found = members_.find(who);
  return found == members_.end() ? nobody : found->second.name;
}

} // namespace callboard::actors
