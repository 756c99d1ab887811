#include "actors/storage/patience.hpp"

namespace callboard::actors {

namespace {

duration since(patience::instant then, patience::instant now) {
  return std::chrono::duration_cast<duration>(now - then);
}

} // namespace

patience::patience(const node_rhythm& rhythm)
    : limit_{rhythm.silence_limit},
      longest_look_gap_{rhythm.reclaim_interval + std::chrono::seconds{2}},
      longest_beat_gap_{rhythm.heartbeat + rhythm.silence_limit / 2} {}

void patience::joined(instant now, bool again,
                      std::optional<duration> server_age) {
  looking_since_ = last_look_ = now;
  beating_since_ = last_beat_ = now;
  if (again)
    disturbed(now);
  else if (server_age && *server_age < memory)
    disturbed(now - *server_age);
}

void patience::beat(instant now) {
  // The same that held up ours may have held up everybody's.
  if (since(last_beat_, now) > longest_beat_gap_)
    beating_since_ = now;
  last_beat_ = now;
}

patience::verdict patience::look(instant now) {
  if (since(last_look_, now) > longest_look_gap_) {
    looking_since_ = now;
    disturbed(now);
  }
  last_look_ = now;
  auto calm = !disturbed_ || since(*disturbed_, now) >= memory;
  auto heard = since(last_beat_, now) <= longest_beat_gap_
               && since(beating_since_, now) > limit_;
  return {.grace = calm ? grace : long_grace,
          .silence = heard ? limit_ : never,
          .watched = since(looking_since_, now)};
}

void patience::disturbed(instant now) {
  if (!disturbed_ || *disturbed_ < now)
    disturbed_ = now;
}

} // namespace callboard::actors
