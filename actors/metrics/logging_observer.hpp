#pragma once

#include "actors/pipeline/log.hpp"
#include "actors/pipeline/observer.hpp"

namespace callboard {

/// One line per event: completed and rescheduled as info; will be retried,
/// fenced and reclaimed as warning; dead letters, handlers that hang and worker
/// errors as error; the rest as debug.
observer_ptr make_logging_observer(log_sink log);

} // namespace callboard
