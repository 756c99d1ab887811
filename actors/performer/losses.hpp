#pragma once

#include "store/model/outcome.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace callboard::actors {

/// How often in a row the performer of a job was lost, by the error of its last
/// attempt. The number is stored there, since the next attempt may be another
/// node's.
std::int32_t losses_in(std::string_view last_error);

/// The outcome of a job whose performer was lost: another attempt, at once the
/// first time, and later and later when it happens again and again, since the
/// job itself may be the reason.
outcome performer_lost(std::string_view last_error, const std::string& name,
                       const std::string& why);

} // namespace callboard::actors
