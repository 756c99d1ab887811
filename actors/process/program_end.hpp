#pragma once

#include <sys/types.h>

#include <string>

namespace callboard::actors {

/// How a program ended.
struct program_end {
  /// `unknown`: somebody else reaped it, or this process ignores SIGCHLD.
  enum class kind { exited, killed, unknown };

  kind how = kind::unknown;
  /// The exit code or the signal.
  int code = 0;
  bool dumped_core = false;
};

/// "SIGSEGV".
std::string signal_name(int number);

/// "exit code 3", "killed by SIGSEGV (core dumped)".
std::string to_string(const program_end& end);

/// Whether a child of ours has ended; it stays a zombie, which keeps its
/// number, and that of its group, from being given to others.
bool has_ended(pid_t child);

/// Waits for the end of a child that `spawn` made, and lets it go for ever.
/// What is left of its group is killed first, while the number is surely its.
program_end reap(pid_t child);

} // namespace callboard::actors
