#include "actors/storage/patience.hpp"

namespace callboard::actors {

namespace {

// By so much the next look or heartbeat may be late.
constexpr auto leeway = std::chrono::seconds{2};

duration since(patience::instant then, patience::instant now) {
  return std::chrono::duration_cast<duration>(now - then);
}

} // namespace

patience::patience(const node_rhythm& rhythm)
    : limit_{rhythm.silence_limit}, reclaim_interval_{rhythm.reclaim_interval},
      longest_gap_{rhythm.reclaim_interval + leeway},
      longest_beat_gap_{rhythm.heartbeat + rhythm.silence_limit / 2} {}

void patience::joined(instant now, bool again,
                      std::optional<duration> server_age) {
  there_since_ = last_there_ = now;
  longest_gap_ = reclaim_interval_ + leeway;
  beating_since_ = last_beat_ = now;
  if (again)
    disturbed(now);
  else if (server_age && *server_age < memory)
    disturbed(now - *server_age);
}

void patience::beat(instant now, std::optional<duration> pause) {
  there(now, pause);
  // The same that held up ours may have held up everybody's.
  if (since(last_beat_, now) > longest_beat_gap_)
    beating_since_ = now;
  last_beat_ = now;
}

patience::verdict patience::look(instant now, std::optional<duration> pause) {
  there(now, pause);
  auto calm = !disturbed_ || since(*disturbed_, now) >= memory;
  auto heard = since(last_beat_, now) <= longest_beat_gap_
               && since(beating_since_, now) > limit_;
  return {.grace = calm ? grace : long_grace,
          .silence = heard ? limit_ : never,
          .watched = since(there_since_, now)};
}

void patience::there(instant now, std::optional<duration> pause) {
  // Before the first join there is nothing to compare with.
  if (last_there_ != instant{} && since(last_there_, now) > longest_gap_) {
    there_since_ = now;
    disturbed(now);
  }
  last_there_ = now;
  longest_gap_ = pause.value_or(reclaim_interval_) + leeway;
}

void patience::disturbed(instant now) {
  if (!disturbed_ || *disturbed_ < now)
    disturbed_ = now;
}

} // namespace callboard::actors
