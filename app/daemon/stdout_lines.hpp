#pragma once

#include <spdlog/common.h>

namespace callboard::app {

/// Lines to standard output, for a `log_queue`: whoever waits for a reader
/// there holds up neither the log on standard error, as spdlog's own sink does,
/// nor the end of the process, which would write what lies in a buffer.
spdlog::sink_ptr stdout_lines();

} // namespace callboard::app
