// A plugin: a shared library of C++ handlers that `callboard run` loads.
//
//   "types": {
//     "count_words": {"plugin": {"path": "./example_plugin.so"}},
//     "countdown":   {"plugin": {"path": "./example_plugin.so"}}
//   }
//
// Build it as a shared library with the compiler and the Callboard headers of
// the program; link none of Callboard's libraries, since a plugin finds their
// functions in the program.

#include "actors/pipeline/plugin.hpp"

#include <charconv>
#include <sstream>
#include <string>

namespace {

using namespace callboard;
using namespace std::chrono_literals;

// Handlers are called from several threads at once: these keep nothing.
outcome count_words(const job& work, context& ctx) {
  std::istringstream words{work.arg};
  std::size_t count = 0;
  for (std::string word; words >> word; ++count) {
    // A long job looks at its stop token now and then.
    if (ctx.stop().stop_requested())
      return fail("stopped after " + std::to_string(count) + " words");
  }
  ctx.log(log_level::info, std::to_string(count) + " words");
  return complete();
}

// Runs again every second, with a new arg, until it reaches 0. A reschedule
// consumes no attempt.
outcome countdown(const job& work, context&) {
  int left = 0;
  auto end = work.arg.data() + work.arg.size();
  auto [at, problem] = std::from_chars(work.arg.data(), end, left);
  if (problem != std::errc{} || at != end)
    // No retry would help.
    return move_to_dlq("the arg must be a number");
  if (left <= 0)
    return complete();
  return reschedule(by_after(1s), with_arg{std::to_string(left - 1)});
}

} // namespace

CALLBOARD_PLUGIN(handlers) {
  handlers.on("count_words", count_words);
  handlers.on("countdown", countdown);
}
