#pragma once

#include "store/model/error.hpp"
#include "store/model/lease.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace callboard::store {

/// The sentences that both dialects write or answer.

/// The last error of a job that has no attempt left.
std::string exhausted_text(std::int32_t attempts, std::string_view last_error);

/// Why a node is dead.
inline constexpr std::string_view connection_ended
    = "its process or connection ended";
inline constexpr std::string_view silent_too_long
    = "it was silent for too long";
inline constexpr std::string_view left_with_jobs = "it left while it held jobs";

/// The last error of a job whose node died.
std::string worker_died_text(std::string_view node, std::string_view cause,
                             std::int32_t attempt);

/// The error of an enqueue whose commit may have happened, with the remedy.
error enqueue_unknown(const error& why);

error not_joined(std::string_view database);
error declared_dead(std::string_view database, incarnation id);

} // namespace callboard::store
