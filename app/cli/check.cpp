#include "actors/cluster/tls_context.hpp"
#include "app/cli/access.hpp"
#include "app/cli/commands.hpp"
#include "app/cli/text.hpp"
#include "app/handlers/make_workers.hpp"

#include <optional>
#include <ostream>
#include <vector>

namespace callboard::app {

namespace {

/// What `run` or `perform` would find wrong with the certificates at its start.
std::vector<config::problem> problems_of_tls(const config::settings& from) {
  std::optional<tls_files> files;
  if (from.join)
    files = from.join->tls;
  else if (from.node.cluster)
    files = from.node.cluster->tls;
  if (files)
    if (auto made = actors::make_tls_context(*files); !made)
      return {{"/node/tls", made.error().message}};
  return {};
}

} // namespace

exit_code perform(const check_command& what, console& io) {
  auto loaded = load_any_settings(io, what.config);
  if (auto* code = std::get_if<exit_code>(&loaded))
    return *code;
  const auto& settings = std::get<config::settings>(loaded);
  auto problems = problems_of_tls(settings);
  auto workers = make_workers(settings);
  if (auto* more = std::get_if<std::vector<config::problem>>(&workers))
    problems.insert(problems.end(), more->begin(), more->end());
  for (const auto& each : problems)
    note(io, to_string(each, what.config));
  if (!problems.empty())
    return exit_code::usage;
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
