#include "actors/metrics/metrics.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <exception>
#include <utility>

namespace callboard::actors {

namespace {

class metrics_state {
public:
  static constexpr const char* name = "metrics";

  metrics_state() = default;

  void start(metrics_options options) { options_ = std::move(options); }

  void take(const event_batch& batch) {
    options_.numbers->count_all(batch.events);
    for (const auto& event : batch.events)
      for (const auto& observer : options_.observers)
        tell_one(*observer, event);
  }

private:
  // An observer is user code: nothing that it throws may cost the others.
  void tell_one(observer& to, const job_event& event) {
    try {
      tell(to, event);
    } catch (const std::exception& e) {
      complain(e.what());
    } catch (...) {
      complain("something that is no std::exception");
    }
  }

  void complain(const char* what) {
    if (options_.log)
      options_.log({log_level::error,
                    "an observer threw an exception; it missed an event",
                    {{"error", what}}});
  }

  metrics_options options_;
};

metrics_actor::behavior_type
metrics(metrics_actor::stateful_pointer<metrics_state> self,
        metrics_options options) {
  auto* state = &self->state;
  state->start(std::move(options));
  return {
      [state](const event_batch& batch) { state->take(batch); },
      [](flush_atom) { return true; },
  };
}

} // namespace

metrics_actor spawn_metrics(caf::actor_system& sys, metrics_options options) {
  auto mode = options.mode;
  return spawn_blocking(sys, mode, metrics, std::move(options));
}

} // namespace callboard::actors
