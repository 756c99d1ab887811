#pragma once

#include "actors/pipeline/handler.hpp"
#include "app/handlers/handler_environment.hpp"
#include "config/settings.hpp"
#include "store/model/error.hpp"

namespace callboard::app {

/// Runs a program per job: the arg on its standard input, the facts in its
/// environment (CALLBOARD_JOB_ID, _QUEUE, _TYPE, _ATTEMPT, _REQUEST_ID,
/// _FENCE), its standard output to the log (debug). Its answer:
///
///   - exit code 0 completes, 65 moves to the dead letters;
///   - with exit code 0 or 65, a valid outcome in the file CALLBOARD_OUTCOME
///     (see outcome_json.hpp) wins over the exit code; a file that holds
///     something else fails by the retry policy;
///   - any other exit code, a signal, or a program that can't be started fails
///     by the retry policy; the file is not looked at.
///
/// At the deadline and at a stop its process group gets SIGTERM, and SIGKILL
/// `kill_after` later. An interrupted program fails by the retry policy even
/// when it exits with 0, since that may just be how it ends on SIGTERM; only an
/// outcome in the file says that its work is done.
///
/// The end of its standard error becomes part of the error.
[[nodiscard]] result<handler>
make_exec_handler(const config::exec_settings& from,
                  const handler_environment& where);

} // namespace callboard::app
