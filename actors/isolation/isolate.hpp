#pragma once

#include "actors/pipeline/worker_config.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace callboard::actors {

/// Takes normalized configs; in those with isolation each function becomes one
/// that has its job performed by a process, where the user's function and
/// middlewares run. `invalid_config` when this program can't be started again
/// for that. `node_name` is for messages; a job whose process died `max_deaths`
/// times in a row goes to the dead letters.
[[nodiscard]] result<std::vector<worker_config>>
isolate(std::vector<worker_config> configs, const std::string& node_name,
        std::int32_t max_deaths);

} // namespace callboard::actors
