#include "app/cli/access.hpp"
#include "app/cli/commands.hpp"
#include "app/daemon/daemon.hpp"

#include <utility>

namespace callboard::app {

exit_code perform(const run_command& what, console& io) {
  auto loaded = load_settings(io, what.config);
  if (auto* code = std::get_if<exit_code>(&loaded))
    return *code;
  return daemon{what, std::get<config::settings>(std::move(loaded)), io}.run();
}

} // namespace callboard::app
