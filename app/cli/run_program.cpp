#include "app/bench/child_member.hpp"
#include "app/cli/commands.hpp"

#include <unistd.h>

#include <cstdio>
#include <exception>
#include <ostream>

namespace callboard::app {

namespace {

exit_code perform(const print_command& what, console& io) {
  io.out << what.text;
  return exit_code::done;
}

exit_code dispatch(const command& what, console& io) {
  try {
    return std::visit([&](const auto& each) { return perform(each, io); },
                      what);
  } catch (const failure& x) {
    return complain(io, x.why());
  } catch (const std::exception& x) {
    return complain(io, std::string{"unexpected: "} + x.what(),
                    exit_code::failed);
  }
}

/// A worker process that `bench` started.
exit_code run_bench_child(console& io) {
  try {
    bench::run_child(io.in, STDOUT_FILENO);
    return exit_code::done;
  } catch (const std::exception& x) {
    return complain(io, x.what(), exit_code::failed);
  }
}

} // namespace

exit_code run_program(console& io, const std::vector<std::string>& arguments) {
  if (!arguments.empty() && arguments.front() == bench::child_word)
    return run_bench_child(io);
  auto parsed = parse_command_line(arguments);
  if (const auto* wrong = std::get_if<usage_error>(&parsed))
    return complain(io, wrong->message, exit_code::usage);
  auto code = dispatch(std::get<command>(parsed), io);
  io.out.flush();
  // Lines of `--live` pass by the stream; whoever still writes one has the
  // lock.
  auto lost = !io.out || ferror_unlocked(stdout) != 0;
  if (lost && code == exit_code::done)
    return complain(io, why_output_is_lost(), exit_code::failed);
  return code;
}

} // namespace callboard::app
