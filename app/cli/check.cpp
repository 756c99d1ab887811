#include "app/cli/access.hpp"
#include "app/cli/commands.hpp"
#include "app/cli/text.hpp"
#include "app/handlers/make_workers.hpp"

#include <ostream>

namespace callboard::app {

exit_code perform(const check_command& what, console& io) {
  auto loaded = load_any_settings(io, what.config);
  if (auto* code = std::get_if<exit_code>(&loaded))
    return *code;
  const auto& settings = std::get<config::settings>(loaded);
  auto workers = make_workers(settings);
  if (auto* problems = std::get_if<std::vector<config::problem>>(&workers)) {
    for (const auto& each : *problems)
      note(io, to_string(each, what.config));
    return exit_code::usage;
  }
  std::size_t types = 0;
  for (const auto& each : settings.queues)
    types += each.types.size();
  auto many = [](std::size_t n, const std::string& noun) {
    return std::to_string(n) + " " + noun + (n == 1 ? "" : "s");
  };
  io.out << printable(what.config)
         << ": fine: " << many(settings.queues.size(), "queue") << ", "
         << many(types, "type") << '\n';
  return exit_code::done;
}

} // namespace callboard::app
