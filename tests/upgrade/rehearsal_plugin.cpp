#include "actors/pipeline/plugin.hpp"
#include "tests/upgrade/book_line.hpp"

#include <chrono>
#include <string>
#include <thread>

// Handlers that tell the test what was performed, by whom, and in which
// attempt.

namespace {

using namespace callboard;

outcome quick(const job& work, context&) {
  auto told = test::write_line("did " + test::own_name() + " " + work.id + " "
                               + std::to_string(work.attempt));
  return told ? complete() : fail("nobody reads");
}

// Longer than a prefetched chunk, and not to be hurried.
outcome slow(const job& work, context& ctx) {
  std::this_thread::sleep_for(std::chrono::milliseconds{300});
  return quick(work, ctx);
}

} // namespace

CALLBOARD_PLUGIN(handlers) {
  handlers.on("quick", quick);
  handlers.on("slow", slow);
}
