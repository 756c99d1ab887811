#pragma once

#include "actors/handler/slot.hpp"
#include "actors/pipeline/stop_signal.hpp"
#include "store/model/outcome.hpp"
#include "store/model/time.hpp"

#include <caf/actor_control_block.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace callboard::testing {

/// What a controlled slot and the test share; everything is on one thread.
struct desk {
  struct job {
    std::string id;
    std::int64_t fence = 0;
    std::uint64_t number = 0;
    std::function<void(outcome)> finish;
    stop_signal stop;
    caf::strong_actor_ptr slot;
  };

  std::vector<job> running;
  std::size_t peak = 0;
  std::uint64_t next = 0;
  /// Told of each job that begins, when it is among the running ones already,
  /// and of each whose slot died under it.
  std::function<void(const leased_job&)> on_start;
  std::function<void(const leased_job&)> on_loss;
  duration timeout{0};

  const job* find(const std::string& id) const;
  void remove(std::uint64_t number);
};

/// A slot that calls no handler: each job that it starts runs until the test
/// ends it.
actors::slot_actor spawn_held_slot(caf::actor_system& sys,
                                   actors::slot_options options,
                                   std::shared_ptr<desk> shared);

} // namespace callboard::testing
