#pragma once

#include "actors/handler/job_call.hpp"
#include "actors/pipeline/handler.hpp"
#include "actors/register_types.hpp"
#include "actors/type_ids.hpp"

#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include <memory>

namespace callboard {

/// An actor that performs jobs. While it works it holds no thread: it may
/// answer by a response promise, hours later. When it dies, or answers with an
/// error, the job fails by its retry policy with the reason. Give the type a
/// timeout: an actor that forgets its promise without dying can't be told from
/// one that works.
using handler_actor = caf::typed_actor<
    caf::replies_to<perform_atom, job_call>::with<job_answer>>;

/// One that can be told to stop: after the timeout, when the job is cancelled,
/// when its lease is lost, and at the end of a close.
using stoppable_handler_actor = caf::typed_actor<
    caf::replies_to<perform_atom, job_call>::with<job_answer>,
    caf::reacts_to<job_stop>>;

/// For `mux::on`:
///
///     mux{}.on("resize", to_target(system.spawn(resizer, 1)))
///
/// The actor may live in any actor system of this process whose configuration
/// went through `register_types`; it must not be destroyed before the client
/// has closed.
std::shared_ptr<const handler_target> to_target(handler_actor performer);

/// The same. After its timeout a job has so long to answer by itself, until it
/// counts as failed.
std::shared_ptr<const handler_target>
to_stoppable_target(stoppable_handler_actor performer,
                    duration grace = std::chrono::seconds{5});

/// What `to_target` makes.
class actor_target : public handler_target {
public:
  explicit actor_target(handler_actor performer)
      : performer_{std::move(performer)} {}

  /// `isolated`: it only hands jobs on to other processes.
  actor_target(stoppable_handler_actor performer, duration grace,
               bool isolated = false)
      : performer_{performer}, stop_{std::move(performer)}, grace_{grace},
        isolated_{isolated} {}

  const handler_actor& performer() const noexcept { return performer_; }

  /// Null: it can't be told to stop.
  const stoppable_handler_actor& stop() const noexcept { return stop_; }

  /// How long after its timeout a job may still answer.
  duration grace() const noexcept { return grace_; }

  /// An actor of another process can't kill this one.
  bool isolated() const noexcept override;

private:
  handler_actor performer_;
  stoppable_handler_actor stop_;
  duration grace_{0};
  bool isolated_ = false;
};

} // namespace callboard
