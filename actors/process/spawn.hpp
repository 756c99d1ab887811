#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace callboard::actors {

/// What to start.
struct program_start {
  /// Of the file that is executed.
  std::string path;
  /// argv, with the program's name first.
  std::vector<std::string> arguments;
  /// "NAME=value", complete.
  std::vector<std::string> environment{};
  /// Where it begins; empty: where we are.
  std::string directory{};
  /// Ours that it gets as its descriptors 0, 1, 2, ...; -1: /dev/null. It gets
  /// no other.
  std::vector<int> descriptors{-1, -1, -1};
  /// Whether the system kills it (SIGKILL) when the calling thread ends, by
  /// whatever cause: call from a thread that outlives the program. A program
  /// that changes its user id sheds this.
  bool dies_with_us = true;
  /// Signals that it ignores from its first instruction.
  std::vector<int> ignores{};
};

/// A child, or (pid -1) the number of the system's error.
struct spawned {
  pid_t pid = -1;
  int error = 0;
};

/// Starts a program as a child of ours that someone must reap (see
/// program_end.hpp), leader of a process group of its own, with no blocked
/// signal, and no other ignored than it shall. Where there is a guardian it
/// knows of the group before the program's first instruction.
spawned spawn(const program_start& what);

} // namespace callboard::actors
