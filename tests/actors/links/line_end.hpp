#pragma once

#include "actors/cluster/frame_sieve.hpp"
#include "actors/cluster/guard.hpp"
#include "tests/actors/simulation/dice.hpp"
#include "tests/support/actor_stage.hpp"

#include <caf/io/network/test_multiplexer.hpp>
#include <caf/io/scribe.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace callboard::tests {

/// CAF's network without a network. A number stands for a socket.
class backend : public caf::io::network::test_multiplexer {
public:
  using test_multiplexer::new_scribe;
  using test_multiplexer::test_multiplexer;

  caf::io::scribe_ptr
  new_scribe(caf::io::network::native_socket number) override {
    return new_scribe(caf::io::connection_handle::from_int(number));
  }
};

/// One end of a connection, in place of a line of the guard: the same rules for
/// frames, the same order of events, but each is a step for which the test
/// asks.
class line_end final : public actors::line_control,
                       public std::enable_shared_from_this<line_end> {
public:
  line_end(testing::actor_stage& stage, backend& net, simulation::dice& chance,
           std::size_t unread_limit);

  static void join(const std::shared_ptr<line_end>& a,
                   const std::shared_ptr<line_end>& b);

  /// For the link.
  actors::line hand_over(std::string address);

  // -- what may happen next; false: it can't ----------------------------------

  /// What was asked of the line takes effect.
  bool work();
  /// So many bytes leave CAF, and are on their way.
  bool depart(std::size_t most);
  /// So many bytes arrive, or the news that no more will.
  bool arrive(std::size_t most);
  /// CAF reads a piece, or that there is nothing more.
  bool read();
  /// The time for last words is over.
  bool part();

  // -- the world --------------------------------------------------------------

  /// The connection breaks: what is on its way to here is lost.
  void lose();
  /// Nothing comes of it any more.
  void end();
  /// The other end closed with something unread, and took back what had not
  /// arrived here yet.
  bool was_reset() const noexcept { return was_reset_; }
  std::optional<duration> next_timeout() const;

  // -- line_control -----------------------------------------------------------

  void admit(actors::frame_rules rules,
             std::function<void(const std::string&)> over) override;
  void done_with_one() override;
  void hang_up(std::string why, std::uint64_t after) override;

private:
  caf::io::connection_handle handle() const;
  void finish(const std::string& why);
  void end_if_all_left();

  testing::actor_stage& stage_;
  backend& net_;
  simulation::dice& chance_;
  std::size_t unread_limit_;
  int number_;
  std::weak_ptr<line_end> peer_;
  std::deque<std::function<void()>> posted_;
  std::optional<actors::frame_guard> frames_;
  actors::frame_sieve sieve_;
  std::function<void(const std::string&)> over_;
  /// On its way to here; and whether it ends after that.
  std::string arriving_;
  bool cut_ = false;
  bool was_reset_ = false;
  std::size_t unread_ = 0;
  std::optional<std::uint64_t> leaves_after_;
  std::optional<std::chrono::steady_clock::time_point> parting_at_;
  std::string parting_;
  bool closed_ = false;
  bool finished_ = false;
};

} // namespace callboard::tests
