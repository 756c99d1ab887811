#pragma once

#include "app/cli/command_line.hpp"
#include "app/cli/console.hpp"
#include "app/cli/exit_code.hpp"

#include <string>
#include <vector>

namespace callboard::app {

/// Reads the arguments (without the program's name) and does what they say.
exit_code run_program(console& io, const std::vector<std::string>& arguments);

// One command each. They answer errors as values: a message on `io.err` and
// the exit code.

exit_code perform(const run_command& what, console& io);
exit_code perform(const perform_command& what, console& io);
exit_code perform(const check_command& what, console& io);
exit_code perform(const migrate_command& what, console& io);
exit_code perform(const enqueue_command& what, console& io);
exit_code perform(const jobs_command& what, console& io);
exit_code perform(const job_command& what, console& io);
exit_code perform(const cancel_command& what, console& io);
exit_code perform(const dead_list_command& what, console& io);
exit_code perform(const dead_show_command& what, console& io);
exit_code perform(const dead_retry_command& what, console& io);
exit_code perform(const dead_purge_command& what, console& io);
exit_code perform(const status_command& what, console& io);
exit_code perform(const bench_command& what, console& io);

} // namespace callboard::app
