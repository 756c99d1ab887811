#pragma once

#include "app/cli/command_line.hpp"
#include "app/cli/console.hpp"
#include "app/cli/exit_code.hpp"
#include "app/cli/known.hpp"
#include "store/model/new_job.hpp"

#include <functional>
#include <string>
#include <vector>

namespace callboard::app {

/// Where jobs go: into the database, or by way of a node.
struct job_sink {
  std::size_t arg_limit = 0;
  std::function<result<void>(const std::vector<new_job>&)> enqueue;
  /// Tells the workers, where the sink does not do that itself.
  std::function<void(const std::vector<std::string>&)> wake;
};

/// `enqueue --stdin`: stores the lines of standard input in batches, prints
/// the ids, and ends with a summary on `io.err`. Null `known`: nothing is known
/// of queues and types.
exit_code store_lines(const enqueue_command& what, job_sink to,
                      const known_types* known, console& io);

} // namespace callboard::app
