#pragma once

#include "app/cli/access.hpp"
#include "app/cli/command_line.hpp"
#include "app/cli/known.hpp"

namespace callboard::app {

/// `enqueue --stdin`: stores the lines of standard input in batches, prints
/// the ids, and ends with a summary on `io.err`.
exit_code store_lines(const enqueue_command& what, connection& db,
                      const known_types& known, console& io);

} // namespace callboard::app
