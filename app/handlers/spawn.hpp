#pragma once

#include "app/handlers/unique_fd.hpp"

#include <sys/types.h>

#include <string>
#include <variant>
#include <vector>

namespace callboard::app {

/// What to start.
struct program_start {
  /// Of the file that is executed.
  std::string path;
  /// argv, with the program's name first.
  std::vector<std::string> arguments;
  /// "NAME=value", complete.
  std::vector<std::string> environment;
  /// Where it begins.
  std::string directory;
};

/// A started program: a child of ours that someone must reap, leader of a
/// process group of its own, and our ends of its standard streams, which do
/// not block.
struct child {
  pid_t pid = -1;
  unique_fd in;
  unique_fd out;
  unique_fd err;
};

/// Starts a program with nothing of ours but its standard streams: no other
/// descriptor, no blocked or ignored signal. The number of the system's error
/// when that does not work.
std::variant<child, int> spawn(const program_start& what);

} // namespace callboard::app
