#pragma once

#include "actors/messages.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <set>
#include <vector>

namespace callboard::actors {

/// An outcome that the store has not accepted yet.
struct pending_outcome {
  finished_job job;
  /// It was in a batch whose commit may or may not have happened: when the
  /// next try is refused, it may have been our own commit (see `doubts`).
  bool in_doubt = false;
  /// It was in a batch that the database refused: it goes alone now, so that
  /// one bad outcome does not hold up its neighbours.
  bool alone = false;
  /// How often it was refused while it was alone.
  int refusals = 0;
  /// Of a last attempt: its number, from 1 on.
  std::uint64_t last = 0;
};

/// Outcomes on their way to the store. They gather here while a batch is on
/// its way, and are kept until they were accepted or fenced off.
class settle_queue {
public:
  /// One call carries at most so many: what a crash between a handler's end
  /// and the commit can repeat.
  static constexpr std::size_t largest_batch = 1000;
  /// With so many outcomes waiting, no job is leased.
  static constexpr std::size_t high_water = 10'000;
  /// An outcome that the database refuses so often alone becomes a dead
  /// letter that says so.
  static constexpr int most_refusals = 5;

  using batch = std::vector<pending_outcome>;

  void add(std::vector<finished_job> jobs);

  /// The next batch, which counts as in flight until one of the functions
  /// below gets it back; empty when nothing waits.
  [[nodiscard]] batch take();

  /// The store did it.
  void done(const batch& sent);

  /// The store could not do it: back to the front. What kind of failure it
  /// was decides whether they go alone from now on.
  void failed(batch sent, const error& why);

  std::size_t size() const noexcept { return waiting_.size() + in_flight_; }
  bool waiting() const noexcept { return !waiting_.empty(); }
  bool congested() const noexcept { return size() >= high_water; }

  /// Names the outcomes of now, for a question that is asked later.
  std::uint64_t mark() const noexcept { return last_given_; }

  /// Whether the store has not accepted all outcomes of last attempts that were
  /// there at `mark`.
  bool owes_last(std::uint64_t mark) const noexcept {
    return !owed_.empty() && *owed_.begin() <= mark;
  }

private:
  std::deque<pending_outcome> waiting_;
  std::size_t in_flight_ = 0;
  /// The numbers of outcomes of last attempts that are not stored.
  std::set<std::uint64_t> owed_;
  std::uint64_t last_given_ = 0;
};

} // namespace callboard::actors
