#pragma once

#include "actors/handler/actor_handler.hpp"
#include "actors/type_ids.hpp"

#include <caf/fwd.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include <memory>
#include <string>
#include <vector>

namespace callboard::testing {

/// A handler actor under the test's control: it keeps each call until the test
/// sends the answer to that job, or only its id for an error.
using performer_actor
    = handler_actor::extend<caf::reacts_to<std::string, job_answer>,
                            caf::reacts_to<std::string>>;

/// Writes the ids of the jobs that it was asked to perform into `asked`.
performer_actor
spawn_performer(caf::actor_system& sys,
                std::shared_ptr<std::vector<std::string>> asked);

} // namespace callboard::testing
