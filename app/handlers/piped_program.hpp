#pragma once

#include "actors/process/spawn.hpp"
#include "actors/process/unique_fd.hpp"

#include <sys/types.h>

#include <variant>

namespace callboard::app {

/// A started program and our ends of its standard streams, which do not block.
/// Someone must attend to it (see supervise.hpp).
struct piped_program {
  pid_t pid = -1;
  actors::unique_fd in;
  actors::unique_fd out;
  actors::unique_fd err;
};

/// Starts a program (whose `descriptors` are filled in here) that the system
/// kills when the calling thread ends. The number of the system's error when
/// that does not work.
std::variant<piped_program, int> start_piped(actors::program_start what);

} // namespace callboard::app
