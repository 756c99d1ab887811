#pragma once

#include "actors/supervisor/credits.hpp"
#include "store/model/time.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>

namespace callboard::actors {

/// Decides when a suspect may start, and who waits for it: a job that may kill
/// the node should find nothing there that it would take along.
///
///     calm ──suspect──► hushing ──all hushed──► saving ──saved──► alone
///      ▲                   └───────5 s────────────┴────────────────▲ │
///      ├───────────────────────── 5 s ─────────────────────────────┼─┤
///      └──saved── ending ◄────────── the suspect is over ──────────┴─┘
///
/// Hushed pollers start nothing and hand back what they hold. Before the
/// suspect starts, what has been done is written down (saving); and before the
/// others go on, so is what became of it (ending), or a crash in between would
/// still count as its. Both waits are bounded: the suspect waits for the
/// others, and they for it, at most `limit`.
class quiet_time {
public:
  using moment = std::chrono::steady_clock::time_point;

  static constexpr auto limit = std::chrono::seconds{5};

  /// What its owner has to do now.
  enum class step : std::uint8_t {
    nothing,
    /// Hush all pollers.
    hush,
    /// Have all outcomes written.
    save,
    /// Let the suspect start.
    start,
    /// Let all go on.
    resume,
  };

  /// `who` holds the suspect with this fence; `others` may have jobs running.
  /// The same suspect can come again by another poller, in an upgrade.
  step suspect(std::int64_t fence, poller_id who, std::set<poller_id> others,
               moment now);

  /// A poller runs nothing any more, or is gone.
  step hushed(poller_id who);

  /// All outcomes that there were at the last `save` are written.
  step saved(moment now);

  /// The suspect with this fence is settled, handed back or lost.
  step over(std::int64_t fence);

  /// `deadline` has come.
  step late(moment now);

  /// When to call `late`; nothing when calm.
  std::optional<moment> deadline() const;

  /// Whether pollers are to be quiet.
  bool active() const noexcept { return phase_ != phase::calm; }

  /// The suspect, and the poller that holds it.
  std::int64_t fence() const noexcept { return fence_; }
  poller_id holder() const noexcept { return holder_; }

private:
  enum class phase : std::uint8_t { calm, hushing, saving, alone, ending };

  step start_alone(moment now);
  step calm();

  phase phase_ = phase::calm;
  std::int64_t fence_ = 0;
  poller_id holder_ = 0;
  std::set<poller_id> loud_;
  moment deadline_{};
  /// The fence of the suspect that was allowed to start.
  std::int64_t started_ = 0;
};

} // namespace callboard::actors
