#include "app/cli/access.hpp"
#include "app/cli/commands.hpp"
#include "app/daemon/performing.hpp"

#include <utility>

namespace callboard::app {

exit_code perform(const perform_command& what, console& io) {
  auto loaded = load_any_settings(io, what.config, config::purpose::perform);
  if (auto* code = std::get_if<exit_code>(&loaded))
    return *code;
  return performing{what, std::get<config::settings>(std::move(loaded)), io}
      .run();
}

} // namespace callboard::app
