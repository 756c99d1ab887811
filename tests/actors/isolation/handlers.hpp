#pragma once

#include "actors/isolation/serve_isolated.hpp"

#include <string>
#include <vector>

namespace callboard::test {

/// Workers for one queue "good" with handlers of every kind, well-behaved and
/// not. `startup` can ask for more trouble: "throw", "exit", "hog", "none"
/// (leaves the queue out).
std::vector<worker_config> make_workers(const std::string& startup);

} // namespace callboard::test
