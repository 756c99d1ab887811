#pragma once

#include "actors/pipeline/worker_config.hpp"
#include "app/handlers/handler_environment.hpp"
#include "config/load.hpp"
#include "config/settings.hpp"

#include <string>
#include <variant>
#include <vector>

namespace callboard::app {

/// Whether the handler's work is done in another process than ours anyway.
bool works_outside(const config::handler_settings& from);

/// The worker of one queue, or everything that it can't be made of. The type
/// "*" takes every job whose type has no handler of its own. `pointer` is the
/// queue's place in the config file; each problem names queue, type, path and
/// remedy. Of `where`, queue, type and timeout are filled in here.
std::variant<worker_config, std::vector<config::problem>>
make_worker(const config::queue_settings& from, const std::string& pointer,
            handler_environment where);

/// The workers of all queues, or all problems. Loads each plugin once.
std::variant<std::vector<worker_config>, std::vector<config::problem>>
make_workers(const config::settings& from);

} // namespace callboard::app
