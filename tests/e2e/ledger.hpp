#pragma once

#include "tests/e2e/scene.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace callboard::test {

/// A queue whose types are the handlers of plugins/deadly_plugin.cpp. More
/// keys of the queue follow after a comma.
std::string deadly_queue(const std::string& name, int concurrency,
                         const std::string& more = {});

/// How many lines of the scene's ledger begin like this.
std::size_t noted(const scene& here, std::string_view beginning);

/// One line of `enqueue --stdin`.
std::string job_line(const std::string& queue, const std::string& type,
                     const std::string& id, const std::string& arg = {});

} // namespace callboard::test
