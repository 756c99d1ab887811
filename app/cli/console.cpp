#include "app/cli/console.hpp"

#include "app/cli/text.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
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

/// Opened the wrong way round, so that to use it is an error as before.
void take_up_closed_streams() {
  for (int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (fcntl(stream, F_GETFD) < 0 && errno == EBADF)
      // The lowest free number, which is this one.
      open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

} // namespace

std::string why_output_is_lost() {
  auto mode = fcntl(STDOUT_FILENO, F_GETFL);
  if (mode < 0 || (mode & O_ACCMODE) == O_RDONLY)
    return "standard output is closed";
  pollfd output{STDOUT_FILENO, POLLOUT, 0};
  if (poll(&output, 1, 0) > 0 && (output.revents & (POLLERR | POLLHUP)) != 0)
    return "nobody reads standard output";
  return "standard output can't be written to; is its disk full?";
}

console process_console() {
  take_up_closed_streams();
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
