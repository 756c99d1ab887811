#include "actors/poller/slots.hpp"

#include <utility>

namespace callboard::actors {

slots::number slots::add() {
  idle_.push_back(next_);
  return next_++;
}

void slots::remove(number slot) {
  std::erase(idle_, slot);
  busy_.erase(slot);
}

std::optional<slots::number> slots::idle() const {
  if (idle_.empty())
    return std::nullopt;
  return idle_.back();
}

void slots::give(number slot, chunk_ptr work, moment now) {
  std::erase(idle_, slot);
  busy_[slot] = {slot, std::move(work), now, 0};
}

void slots::finish(number slot) {
  if (busy_.erase(slot) > 0)
    idle_.push_back(slot);
}

slots::busy_slot* slots::find_busy(number slot) {
  auto found = busy_.find(slot);
  return found == busy_.end() ? nullptr : &found->second;
}

std::vector<slots::busy_slot*> slots::busy() {
  std::vector<busy_slot*> all;
  all.reserve(busy_.size());
  for (auto& [key, slot] : busy_)
    all.push_back(&slot);
  return all;
}

} // namespace callboard::actors
