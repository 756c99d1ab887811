#pragma once

#include "store/model/error.hpp"
#include "store/model/new_job.hpp"

#include <string_view>

namespace callboard::app {

/// Reads one line of `enqueue --stdin`: a JSON object whose keys win over what
/// `defaults` says. Strict: unknown keys, keys that stand twice, wrong types,
/// and values out of range are `invalid_job` with the key and the remedy. An
/// arg that is not a string is stored as it stands in the line.
[[nodiscard]] result<new_job> parse_job_line(std::string_view line,
                                             const new_job& defaults);

} // namespace callboard::app
