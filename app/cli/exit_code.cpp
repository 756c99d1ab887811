#include "app/cli/exit_code.hpp"

namespace callboard::app {

exit_code to_exit_code(errc code) noexcept {
  switch (code) {
  case errc::invalid_job:
  case errc::empty_bulk:
  case errc::arg_too_large:
  case errc::invalid_schedule:
  case errc::invalid_config:
    return exit_code::usage;
  case errc::job_already_exists:
    return exit_code::conflict;
  case errc::database_unreachable:
  case errc::database_busy:
  case errc::timed_out:
    return exit_code::database_unreachable;
  default:
    // Also `commit_unknown`: whoever tries again after a 4 relies on nothing
    // having been stored.
    return exit_code::failed;
  }
}

} // namespace callboard::app
