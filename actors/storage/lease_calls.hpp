#pragma once

#include "actors/messages.hpp"

#include <caf/actor_control_block.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

namespace callboard::actors {

/// A poller, and what it wishes for.
struct wisher {
  caf::strong_actor_ptr poller;
  lease_wish wish;
};

/// The leases of a node that are under way, and whether the next one may begin.
///
/// They go over two lines. The first is the connection that holds the node's
/// lock. The second is for the rush: one connection leases no faster than the
/// server performs one statement after the other. Whatever the second one does
/// is checked: a lease on it that failed may have been committed, and is
/// nobody's until the store was asked what the node holds. That question has
/// no answer while a lease is under way, since the store may name jobs that the
/// node is about to hear of.
class lease_calls {
public:
  enum class line { first, second };
  using number = std::uint64_t;

  struct call {
    line on = line::first;
    /// For which it leased, as far as is known: on the second line, the node
    /// that it was asked for; on the first one, whatever that has joined as.
    std::optional<incarnation> node;
    std::vector<wisher> wishers;
    std::optional<lease_done> answer;
  };

  /// So many at a time: the database has the next one there when it has
  /// answered one.
  static constexpr std::size_t most = 2;

  /// The first line writes outcomes, too, and they take turns: one lease at a
  /// time, and no second line.
  void take_turns() { most_ = 1; }

  bool empty() const noexcept { return calls_.empty(); }
  bool uses(line which) const;

  /// Where a call for these wishes may go now; nothing: later.
  std::optional<line> next(const std::vector<wisher>& wishes) const;

  /// Whether a second line would be used for them if there was one.
  bool wants_second(const std::vector<wisher>& wishes) const;

  number begin(line on, std::optional<incarnation> node,
               std::vector<wisher> wishers);
  /// A call that is under way.
  call& at(number which);

  /// The node is `present` now.
  void answered(number which, lease_done done,
                std::optional<incarnation> present);
  /// The next call that was answered, in the order in which they began. What
  /// was leased for another node than the present one is left out: whoever
  /// declared that one dead has freed it.
  std::optional<call> take(std::optional<incarnation> present);

  // -- the second line --------------------------------------------------------

  void second_up(bool up) noexcept { up_ = up; }
  /// It rests until the first line has leased something.
  void second_failed();
  /// The store has none.
  void no_second() noexcept { possible_ = false; }
  void first_worked() noexcept { trusted_ = true; }

  // -- doubt ------------------------------------------------------------------

  /// Whether what the first line says now that the node holds may have been
  /// leased by calls that were not taken yet.
  bool untold() const;
  /// The node may hold leases that it has not heard of: nothing begins any more
  /// until that is cleared up.
  void doubt() noexcept { doubtful_ = true; }
  /// Whether to ask now; names the question.
  std::optional<number> question();
  /// Whether this is still the question.
  bool is_question(number which) const noexcept { return asking_ == which; }
  /// It was not answered, and rests until it is to be asked again.
  void not_answered() noexcept;
  void ask_again() noexcept { resting_ = false; }
  /// The node knows what it holds.
  void certain() noexcept;

private:
  bool side_by_side(const std::vector<wisher>& wishes) const;

  std::deque<std::pair<number, call>> calls_;
  number last_ = 0;
  std::size_t most_ = most;
  bool possible_ = true;
  bool up_ = false;
  bool trusted_ = true;
  bool doubtful_ = false;
  bool resting_ = false;
  std::optional<number> asking_;
};

} // namespace callboard::actors
