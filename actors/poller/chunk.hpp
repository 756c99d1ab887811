#pragma once

#include "actors/pipeline/executor.hpp"
#include "store/model/lease.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace callboard::actors {

/// A few jobs that a poller gave to one slot: the list that both look at while
/// the slot's thread is inside a handler and reads no messages.
///
///     waiting ──claim──► claimed ──start──► started ──finish──► done
///        │                  └──────────────finish──│─────────────▲
///        └──take_back──► taken    (never called:   └──give_up──► given_up
///                                 no route, exhausted)
///
/// Who wins the step out of `waiting` owns the job from there: the slot by
/// `claim`, the poller by `take_back`. The other functions are marked with the
/// side that may call them.
class chunk {
public:
  enum class state : std::uint8_t {
    waiting,
    claimed,
    started,
    done,
    taken,
    given_up,
  };

  /// `number` names the chunk within its poller's queue.
  chunk(std::uint64_t number, std::vector<leased_job> jobs);

  std::uint64_t number() const noexcept { return number_; }
  std::size_t size() const noexcept { return jobs_.size(); }
  const leased_job& job(std::size_t i) const { return jobs_[i]; }
  state at(std::size_t i) const noexcept;

  // -- the slot ---------------------------------------------------------------

  /// Makes the job the slot's; false when the poller was quicker.
  [[nodiscard]] bool claim(std::size_t i) noexcept;
  /// The handler is about to be called.
  void start(std::size_t i) noexcept;
  /// False when the poller has given it up meanwhile: the result is dropped,
  /// and the slot has nothing to do with the chunk any more.
  [[nodiscard]] bool finish(std::size_t i, execution result);

  /// The handler won't take it now: it was not begun. Else as `finish`.
  [[nodiscard]] bool decline(std::size_t i, duration wait) noexcept;

  // -- the poller -------------------------------------------------------------

  /// Makes the job the poller's again; false when the slot was quicker.
  [[nodiscard]] bool take_back(std::size_t i) noexcept;
  /// Takes a started job from a slot whose handler does not end; false when it
  /// just ended.
  [[nodiscard]] bool give_up(std::size_t i) noexcept;
  /// The job of a slot that died between claim and start is the poller's, too.
  [[nodiscard]] bool never_started(std::size_t i) const noexcept;
  /// What a job that is done came to.
  const execution& result(std::size_t i) const { return items_[i].result; }
  /// Whether a job that is done got as far as its handler.
  bool ran(std::size_t i) const { return items_[i].ran; }
  /// For a job that is done: it was declined, and is due again after this.
  const std::optional<duration>& declined(std::size_t i) const {
    return items_[i].declined;
  }

  /// True the first time only: has `started` been told of?
  [[nodiscard]] bool announce(std::size_t i);
  /// True the first time only: has the result been taken?
  [[nodiscard]] bool harvest(std::size_t i);
  /// What a harvested job says; only its texts go, since nobody needs them
  /// here any more.
  leased_job take(std::size_t i) { return std::move(jobs_[i]); }
  execution take_result(std::size_t i) { return std::move(items_[i].result); }
  bool harvested(std::size_t i) const { return items_[i].harvested; }
  /// True the first time only, and never for a job that came recorded: was its
  /// start handed in to be recorded?
  [[nodiscard]] bool record(std::size_t i);
  /// Somebody asked to cancel it.
  void cancel(std::size_t i) { items_[i].cancelled = true; }
  bool cancelled(std::size_t i) const { return items_[i].cancelled; }

private:
  struct item {
    std::atomic<state> now{state::waiting};
    // Written by the slot before `done`, read by the poller after it.
    bool ran = false;
    execution result;
    std::optional<duration> declined;
    // The poller's own notes.
    bool announced = false;
    bool harvested = false;
    bool recorded = false;
    bool cancelled = false;
  };

  std::uint64_t number_;
  std::vector<leased_job> jobs_;
  std::unique_ptr<item[]> items_;
};

using chunk_ptr = std::shared_ptr<chunk>;

} // namespace callboard::actors
