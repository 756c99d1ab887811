#include "actors/process/guardian.hpp"
#include "actors/process/own_program.hpp"
#include "app/cli/commands.hpp"
#include "app/cli/console.hpp"

#include <iostream>

int main(int argc, char** argv) {
  if (auto role = callboard::actors::take_role())
    return callboard::actors::guardian::serve(role->parent);
  callboard::actors::allow_own_starts();
  std::ios::sync_with_stdio(false);
  auto io = callboard::app::process_console();
  std::vector<std::string> arguments{argv + 1, argv + argc};
  return static_cast<int>(callboard::app::run_program(io, arguments));
}
