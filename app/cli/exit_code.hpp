#pragma once

#include "store/model/error.hpp"

namespace callboard::app {

/// What the program answers to its caller; docs/commands.md explains them.
enum class exit_code : int {
  done = 0,
  /// It could not be done: the message says why.
  failed = 1,
  /// The command line, the config file or the job makes no sense.
  usage = 2,
  /// The thing is not in the state that the command needs, such as an id that
  /// is stored already.
  conflict = 3,
  database_unreachable = 4,
};

/// Where an error belongs.
exit_code to_exit_code(errc code) noexcept;

} // namespace callboard::app
