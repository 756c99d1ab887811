#pragma once

#include "actors/process/spawn.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace callboard::actors {

// A multi-threaded process must not fork and go on, so its helpers are new
// starts of its own program, whose `main` asks here first what it is to be.

/// A part that this process was started to play for its parent.
struct child_role {
  std::string name;
  pid_t parent = 0;
};

/// The role, if there is one; asked once, at the beginning of `main`: it is
/// taken out of the environment, so that children do not think it is theirs.
std::optional<child_role> take_role();

/// `main` has asked: from now on the program may be started again. Before,
/// that would run the whole service a second time.
void allow_own_starts();

bool may_start_own();

/// How to start the program of this process in a role, even if its file was
/// replaced meanwhile. `title` is what people see beside the program's name.
program_start own_start(std::string_view role, std::string_view title);

} // namespace callboard::actors
