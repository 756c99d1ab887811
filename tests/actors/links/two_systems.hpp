#pragma once

#include "actors/cluster/link_options.hpp"
#include "tests/actors/links/line_end.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

/// Links between two actor systems in one process: on one thread, in virtual
/// time, without a socket. A seed decides who goes on next, and how many bytes
/// move at once.
namespace callboard::tests {

/// One of the two.
struct side {
  side();

  testing::actor_stage stage;
  backend& net;
  std::shared_ptr<line_end> end;
  /// Nothing happens here but that time goes by.
  bool stopped = false;
};

class two_systems {
public:
  explicit two_systems(std::uint64_t seed);
  ~two_systems();

  /// One end of a link to be.
  struct speaker {
    wire::hello_v1 hello;
    actors::link_owner_actor owner;
  };

  /// Makes a connection, and a link at both of its ends.
  void connect(speaker dials, speaker accepts);

  /// One of the things that can happen now happens; false when nothing can.
  bool step();
  /// All that can happen now happens. Fails after very many steps.
  void settle();
  /// Time goes by, and everything happens in it that can.
  void pass(duration by);
  /// The connection breaks; both ends learn of it in their own time.
  void lose();

  /// The first dials.
  std::array<side, 2> sides;
  side& dialler = sides[0];
  side& node = sides[1];
  simulation::dice chance;
  /// So often bytes have arrived; and after how many times `lose` comes.
  std::size_t arrivals = 0;
  std::optional<std::size_t> lose_after;
  bool lost = false;
  std::size_t steps = 0;

private:
  bool try_step(std::size_t kind);
  std::size_t piece();

  std::size_t unread_limit_ = 1 + static_cast<std::size_t>(chance.below(8));
  /// Of bytes: nearly always all, or few, or both.
  std::uint64_t haste_ = chance.below(3);
};

} // namespace callboard::tests
