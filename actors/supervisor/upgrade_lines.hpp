#pragma once

#include "actors/pipeline/log.hpp"

#include <string>
#include <vector>

/// What a node and a performer log of an upgrade while jobs of the old workers
/// run: `jobs`, each as in a `drain_report`.
namespace callboard::actors {

/// The new workers have begun.
log_record new_workers(const std::vector<std::string>& jobs);

/// Their queues were taken away, and the grace is over.
log_record asked_to_stop(const std::vector<std::string>& jobs);

} // namespace callboard::actors
