#include "tests/support/performer.hpp"

#include <caf/actor_system.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <map>
#include <utility>

namespace callboard::testing {

namespace {

class performer_state {
public:
  static constexpr const char* name = "performer";

  performer_state() = default;

  std::map<std::string, caf::typed_response_promise<job_answer>> calls;
};

performer_actor::behavior_type
performer(performer_actor::stateful_pointer<performer_state> self,
          std::function<std::string(const job_call&)> on_call,
          std::function<void(const job_stop&)> on_stop) {
  auto* calls = &self->state.calls;
  return {
      [=](perform_atom, const job_call& x) -> caf::result<job_answer> {
        auto promise = self->make_response_promise<job_answer>();
        calls->insert_or_assign(on_call(x), promise);
        return promise;
      },
      [=](const job_stop& x) {
        if (on_stop)
          on_stop(x);
      },
      // From the test: the answer to the call of this name; an error.
      [=](const std::string& name, const job_answer& x) {
        calls->at(name).deliver(x);
      },
      [=](const std::string& name) {
        calls->at(name).deliver(
            caf::make_error(caf::sec::runtime_error, "it threw"));
      },
  };
}

} // namespace

performer_actor
spawn_performer(caf::actor_system& sys,
                std::function<std::string(const job_call&)> on_call,
                std::function<void(const job_stop&)> on_stop) {
  return sys.spawn(performer, std::move(on_call), std::move(on_stop));
}

} // namespace callboard::testing
