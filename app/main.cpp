#include "actors/isolation/serve_isolated.hpp"
#include "app/cli/commands.hpp"
#include "app/cli/console.hpp"
#include "app/handlers/isolated_workers.hpp"

#include <iostream>

int main(int argc, char** argv) {
  if (auto code = callboard::serve_isolated(callboard::app::isolated_workers))
    return *code;
  std::ios::sync_with_stdio(false);
  auto io = callboard::app::process_console();
  std::vector<std::string> arguments{argv + 1, argv + argc};
  return static_cast<int>(callboard::app::run_program(io, arguments));
}
