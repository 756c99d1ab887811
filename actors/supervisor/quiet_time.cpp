#include "actors/supervisor/quiet_time.hpp"

#include <utility>

namespace callboard::actors {

quiet_time::step quiet_time::suspect(std::int64_t fence, poller_id who,
                                     std::set<poller_id> others, moment now) {
  auto before = std::exchange(fence_, fence);
  holder_ = who;
  if (fence == started_)
    return step::start;
  if (active() && fence == before)
    return step::nothing;
  // The one before, if there was one, is gone without a word.
  phase_ = phase::hushing;
  loud_ = std::move(others);
  deadline_ = now + limit;
  return step::hush;
}

quiet_time::step quiet_time::hushed(poller_id who) {
  loud_.erase(who);
  if (phase_ != phase::hushing || !loud_.empty())
    return step::nothing;
  phase_ = phase::saving;
  return step::save;
}

quiet_time::step quiet_time::saved(moment now) {
  if (phase_ == phase::saving)
    return start_alone(now);
  return phase_ == phase::ending ? calm() : step::nothing;
}

quiet_time::step quiet_time::over(std::int64_t fence) {
  if (!active() || phase_ == phase::ending || fence != fence_)
    return step::nothing;
  phase_ = phase::ending;
  return step::save;
}

quiet_time::step quiet_time::late(moment now) {
  if (!active() || now < deadline_)
    return step::nothing;
  if (phase_ == phase::hushing || phase_ == phase::saving)
    return start_alone(now);
  return calm();
}

std::optional<quiet_time::moment> quiet_time::deadline() const {
  return active() ? std::optional{deadline_} : std::nullopt;
}

quiet_time::step quiet_time::calm() {
  phase_ = phase::calm;
  return step::resume;
}

quiet_time::step quiet_time::start_alone(moment now) {
  phase_ = phase::alone;
  started_ = fence_;
  deadline_ = now + limit;
  return step::start;
}

} // namespace callboard::actors
