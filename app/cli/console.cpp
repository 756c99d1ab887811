#include "app/cli/console.hpp"

#include "app/cli/text.hpp"

#include <unistd.h>

#include <cstdlib>
#include <iostream>

namespace callboard::app {

namespace {

bool wants_colours() {
  auto* no_colour = std::getenv("NO_COLOR");
  auto* terminal = std::getenv("TERM");
  return (no_colour == nullptr || *no_colour == '\0')
         && (terminal == nullptr || std::string_view{terminal} != "dumb");
}

} // namespace

console process_console() {
  bool out = isatty(STDOUT_FILENO) == 1;
  return {.out = std::cout,
          .err = std::cerr,
          .in = STDIN_FILENO,
          .in_is_terminal = isatty(STDIN_FILENO) == 1,
          .out_is_terminal = out,
          .err_is_terminal = isatty(STDERR_FILENO) == 1,
          .colours = out && wants_colours()};
}

exit_code complain(console& io, std::string_view message, exit_code code) {
  note(io, message);
  return code;
}

exit_code complain(console& io, const error& what) {
  return complain(io, what.message, to_exit_code(what.code));
}

void note(console& io, std::string_view message) {
  // What was printed as data so far comes first where both go to one place.
  io.out.flush();
  io.err << "callboard: " << printable(message) << std::endl;
}

} // namespace callboard::app
