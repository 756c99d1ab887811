#pragma once

#include "store/model/error.hpp"
#include "store/model/lease.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace callboard::store {

/// The sentences that both dialects write or answer.

/// The last error of a job that is not given out any more: it has no attempt
/// left, or was to be cancelled.
std::string exhausted_text(std::int32_t attempts, bool cancelled,
                           std::string_view last_error);

/// Why a node is dead.
inline constexpr std::string_view connection_ended
    = "its process or connection ended";
inline constexpr std::string_view silent_too_long
    = "it was silent for too long";
inline constexpr std::string_view left_with_jobs = "it left while it held jobs";

/// The last error of the jobs of a node that died, without the attempt.
std::string worker_died_text(std::string_view node, incarnation id,
                             std::string_view cause, time_point when);

/// The end of that sentence for one job.
std::string during_attempt(std::int32_t attempt, bool recorded);

/// What is added for a job that is buried after so many crashes.
std::string crash_count(std::int64_t crashes, std::int32_t max_crashes);

/// The error of an enqueue whose commit may have happened, with the remedy.
error enqueue_unknown(const error& why);

error not_joined(std::string_view database);
error declared_dead(std::string_view database, incarnation id);

} // namespace callboard::store
