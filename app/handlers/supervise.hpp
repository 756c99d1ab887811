#pragma once

#include "actors/process/program_end.hpp"
#include "app/handlers/piped_program.hpp"
#include "store/model/time.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

namespace callboard::app {

/// How a program is fed, watched and ended.
struct supervision {
  /// For its standard input; must outlive the program. It need not read it.
  std::string_view input;
  /// When it is asked to end; nothing: never.
  std::optional<std::chrono::steady_clock::time_point> deadline;
  /// Asks it to end at once.
  std::stop_token stop;
  /// From SIGTERM to SIGKILL.
  duration kill_after{0};
  /// How much of the end of its standard error is kept.
  std::size_t error_tail = 4096;
  /// Gets its standard output; may be empty.
  std::function<void(std::string_view)> on_output;
};

/// How an attended program ended, and why.
struct supervised_end {
  actors::program_end program;
  /// SIGTERM was sent, because the deadline passed or the token fired.
  bool interrupted = false;
  /// It was the deadline.
  bool timed_out = false;
  /// The end of its standard error.
  std::string error_tail;
};

/// Attends to a program until it has ended, and reaps it. Nothing of its
/// process group survives: after the program's own end the rest of the group
/// is killed; after an interruption it has the rest of `kill_after` to end,
/// like the program itself. A descendant that left the group is left alone: if
/// it holds our pipes open it delays the answer by these times, and by half a
/// second otherwise.
supervised_end supervise(piped_program program, const supervision& how);

} // namespace callboard::app
