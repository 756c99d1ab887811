#pragma once

#include "actors/cluster/wire/type_ids.hpp"
#include "actors/handler/job_call.hpp"
#include "actors/performer/performer_actor.hpp"
#include "actors/performer/performer_pool.hpp"
#include "tests/actors/links/two_systems.hpp"
#include "tests/support/held_slot.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace callboard::tests {

/// What becomes of a performer in the middle of its life.
enum class fate { stays, closes, dies };

/// A node's pool of performers and one performer, over a link. A seed decides
/// when jobs come, when they end, and which are asked to stop.
class performing {
public:
  /// The connection is lost when so many pieces have arrived.
  performing(std::uint64_t seed, fate what,
             std::optional<std::size_t> lose_after = std::nullopt);
  ~performing();

  /// From the connection until nothing is left to do; checks all promises.
  void run();

  struct counts {
    std::size_t completed = 0;
    std::size_t lost = 0;
    std::size_t declined = 0;
    std::size_t stopped = 0;
    /// Ended by a performer, and lost on the way back.
    std::size_t in_vain = 0;
  };

  const counts& seen() const noexcept { return seen_; }
  std::size_t arrivals() const noexcept { return world_->arrivals; }
  /// Something was lost on its way.
  bool broken() const {
    return dead_ || world_->lost || world_->node.end->was_reset()
           || world_->dialler.end->was_reset();
  }

private:
  struct job {
    std::vector<job_answer> answers;
    std::size_t begun = 0;
    bool ended = false;
    bool stop_asked = false;
    caf::actor caller;
  };

  void connect();
  void submit();
  void end_one();
  void ask_to_stop();
  void end_performer();
  /// Nothing is under way any more.
  void calm_down();
  void check(const std::string& id, const job& x);
  void check_rest();
  void come_back();

  std::unique_ptr<two_systems> world_;
  simulation::dice& chance_;
  std::size_t left_;
  fate fate_;
  std::size_t when_;
  std::shared_ptr<testing::desk> desk_ = std::make_shared<testing::desk>();
  std::map<std::string, job> jobs_;
  /// What the supervisor was told last.
  std::shared_ptr<std::size_t> slots_ = std::make_shared<std::size_t>(0);
  std::size_t concurrency_;
  bool closing_ = false;
  bool dead_ = false;
  counts seen_;

  actors::performer_pool_actor pool_;
  actors::performer_actor performer_;
};

} // namespace callboard::tests
