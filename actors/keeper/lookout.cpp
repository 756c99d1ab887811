#include "actors/keeper/lookout.hpp"

namespace callboard::actors {

void lookout::told(std::optional<node_standing> standing) {
  standing_ = moved_ ? std::nullopt : standing;
}

void lookout::hears(bool hints) {
  hears_ = hints;
  moved_ = true;
  standing_.reset();
}

std::optional<duration> lookout::pace() const {
  if (!hears_ || !standing_)
    return interval_;
  if (standing_->others == 0)
    return std::nullopt;
  if (standing_->ahead < watchers)
    return interval_;
  // It and the others that are no watchers take turns.
  auto sharing = standing_->others + 1 - watchers;
  return interval_ * static_cast<duration::rep>(sharing);
}

bool lookout::due(instant now) {
  auto wait = pace();
  // The caller comes at about the interval, earlier or later by a fifth.
  if (!wait || (looked_ && now - *looked_ < *wait - interval_ / 4))
    return false;
  looked_ = now;
  return true;
}

} // namespace callboard::actors
