#pragma once

#include "actors/pipeline/handler.hpp"

#include <vector>

namespace callboard {

/// Wraps `inner` in `layers`, the first of them outermost.
handler chain(const std::vector<middleware>& layers, handler inner);

/// Gives a job without a request id a new one.
middleware ensure_request_id();

/// Turns an exception into `move_to_dlq` with its text, so that a bug in a
/// handler costs this job and nothing else.
middleware recover_exceptions();

/// The standard order around a user's handler:
///
///   1. request id
///   2. recovery
///   3. the user's middlewares, in their order
///   4. the handler
///
/// (Durations and counts are taken outside of it, by the executor.)
handler standard_chain(const std::vector<middleware>& users, handler inner);

} // namespace callboard
