#pragma once

#include "actors/pipeline/worker_config.hpp"
#include "config/settings.hpp"

#include <string>
#include <vector>

namespace callboard::app {

/// What the processes of an isolated queue get to make its workers from: the
/// config as the daemon has read it, since the file may say something else by
/// then.
std::string startup_of(const config::settings& all, const std::string& queue);

/// The worker of that queue, inside such a process: only the types whose
/// handlers run there. Throws `failure` when it can't be made.
std::vector<worker_config> isolated_workers(const std::string& startup);

} // namespace callboard::app
