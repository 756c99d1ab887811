#include "actors/pipeline/plugin.hpp"

#include <signal.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>

using namespace callboard;

namespace {

// With what it is part of: the job's process, and one that it forked.
void tell(const context& ctx, pid_t child) {
  ctx.log(log_level::info, "process " + std::to_string(::getpid()) + " "
                               + std::to_string(child) + " works");
}

pid_t fork_sleeper() {
  auto child = ::fork();
  if (child == 0) {
    ::signal(SIGTERM, SIG_IGN);
    for (;;)
      ::pause();
  }
  return child;
}

} // namespace

CALLBOARD_PLUGIN(handlers) {
  handlers.on("fine", [](const job&, context&) { return complete(); });
  handlers.on("segv", [](const job&, context&) {
    // A sanitizer has a handler for it.
    ::signal(SIGSEGV, SIG_DFL);
    ::raise(SIGSEGV);
    return complete();
  });
  handlers.on("abort", [](const job&, context&) -> outcome { std::abort(); });
  handlers.on("exit", [](const job&, context&) -> outcome { ::_exit(3); });
  // Waits for a line in the pipe that its arg names.
  handlers.on("gate", [](const job& work, context& ctx) {
    tell(ctx, 0);
    std::ifstream pipe{work.arg};
    std::string line;
    std::getline(pipe, line);
    return line == "go" ? complete() : fail("the gate says: " + line);
  });
  handlers.on("hang", [](const job&, context& ctx) -> outcome {
    tell(ctx, fork_sleeper());
    for (;;)
      ::pause();
  });
}
