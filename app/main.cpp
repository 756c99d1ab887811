#include "actors/isolation/serve_isolated.hpp"
#include "app/cli/commands.hpp"
#include "app/cli/console.hpp"
#include "app/handlers/isolated_workers.hpp"

#include <malloc.h>

#include <iostream>

namespace {

/// Batches of jobs are freed by other threads than made them. glibc would give
/// their memory back to the system each time and fetch it again, a page fault a
/// page (docs/performance.md has the figures).
void keep_freed_memory() {
  constexpr int mebibyte = 1024 * 1024;
  mallopt(M_TRIM_THRESHOLD, 8 * mebibyte);
  mallopt(M_MMAP_THRESHOLD, mebibyte);
}

} // namespace

int main(int argc, char** argv) {
  if (auto code = callboard::serve_isolated(callboard::app::isolated_workers))
    return *code;
  keep_freed_memory();
  std::ios::sync_with_stdio(false);
  auto io = callboard::app::process_console();
  std::vector<std::string> arguments{argv + 1, argv + argc};
  return static_cast<int>(callboard::app::run_program(io, arguments));
}
