#pragma once

#include "actors/handler/actor_handler.hpp"
#include "actors/type_ids.hpp"

#include <caf/fwd.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include <functional>
#include <string>

namespace callboard::testing {

/// A handler actor under the test's control: it keeps each call until the test
/// sends the answer under the call's name, or only the name for an error.
using performer_actor
    = stoppable_handler_actor::extend<caf::reacts_to<std::string, job_answer>,
                                      caf::reacts_to<std::string>>;

/// `on_call` is told of each call and names it; `on_stop` of each stop.
performer_actor
spawn_performer(caf::actor_system& sys,
                std::function<std::string(const job_call&)> on_call,
                std::function<void(const job_stop&)> on_stop = {});

} // namespace callboard::testing
