#pragma once

#include "app/cli/exit_code.hpp"
#include "store/model/error.hpp"

#include <iosfwd>
#include <string>
#include <string_view>

namespace callboard::app {

/// Where a command reads and writes: data goes to `out`, all else to `err`.
/// Tests give it strings.
struct console {
  std::ostream& out;
  std::ostream& err;
  /// The file descriptor of standard input.
  int in = 0;
  bool in_is_terminal = false;
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  /// Whether colours are wanted: a terminal that has them, and NO_COLOR unset.
  bool colours = false;
};

/// The console of this process. A standard stream that is closed is taken up,
/// so that no file or connection gets its number; it can't be used all the
/// same.
console process_console();

/// Why standard output could not be written to, as a part of a sentence.
std::string why_output_is_lost();

/// Writes "callboard: MESSAGE" in one line and answers `code`.
exit_code complain(console& io, std::string_view message, exit_code code);

/// The same for an error, whose code decides the exit code.
exit_code complain(console& io, const error& what);

/// Writes "callboard: MESSAGE" in one line: something to know, not an error.
void note(console& io, std::string_view message);

} // namespace callboard::app
