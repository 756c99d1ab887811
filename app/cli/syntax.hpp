#pragma once

#include "app/cli/command_line.hpp"

#include <CLI/CLI.hpp>

#include <memory>
#include <optional>
#include <string>

/// The commands, options and texts of the help, in words of CLI11. One
/// function per command; each says through `chosen` which command was given.
namespace callboard::app::syntax {

/// The name and version that `--version` prints.
std::string version_line();

void add_run(CLI::App& root, command& chosen);
void add_perform(CLI::App& root, command& chosen);
void add_check(CLI::App& root, command& chosen);
void add_migrate(CLI::App& root, command& chosen);
void add_enqueue(CLI::App& root, command& chosen);
void add_jobs(CLI::App& root, command& chosen);
void add_job(CLI::App& root, command& chosen);
void add_cancel(CLI::App& root, command& chosen);
void add_dead(CLI::App& root, command& chosen);
void add_status(CLI::App& root, command& chosen);
void add_bench(CLI::App& root, command& chosen);

/// A new command whose options are read into the shared value; when it was
/// given, that value is `chosen`.
template <class Command>
std::shared_ptr<Command> choose(CLI::App& app, command& chosen) {
  auto value = std::make_shared<Command>();
  app.final_callback([value, &chosen] { chosen = *value; });
  return value;
}

/// `-c, --config FILE`, and the foot with the exit codes and `example`. Comes
/// after `add_node`.
void add_common(CLI::App& app, common_options& options,
                const std::string& example);

/// `--node HOST:PORT`, the TLS files and the time limit that go with it.
void add_node(CLI::App& app, node_options& options);

/// An option that takes a span of time, such as "5s".
CLI::Option* add_duration(CLI::App& app, const std::string& names,
                          duration& value, const std::string& help);
CLI::Option* add_duration(CLI::App& app, const std::string& names,
                          std::optional<duration>& value,
                          const std::string& help);

/// A line such as "-q, --queue QUEUE" that is kept when given.
CLI::Option* add_optional(CLI::App& app, const std::string& names,
                          std::optional<std::string>& value,
                          const std::string& help);

/// Help that wraps at 80 columns, each option's text below its name.
class help_formatter : public CLI::Formatter {
public:
  std::string make_help(const CLI::App* app, std::string name,
                        CLI::AppFormatMode mode) const override;
};

} // namespace callboard::app::syntax
