#include "app/cli/command_line.hpp"

#include "app/cli/syntax.hpp"

#include <algorithm>
#include <cctype>
#include <numeric>
#include <optional>

namespace callboard::app {

namespace {

/// How many letters must change to make `a` of `b`.
std::size_t distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0U);
  for (std::size_t i = 0; i < a.size(); ++i) {
    auto corner = row[0];
    row[0] = i + 1;
    for (std::size_t k = 0; k < b.size(); ++k) {
      auto above = row[k + 1];
      row[k + 1] = std::min(
          {above + 1, row[k] + 1, corner + (a[i] == b[k] ? 0U : 1U)});
      corner = above;
    }
  }
  return row.back();
}

/// The command that was typed so far, such as "callboard dead retry".
std::string path_of(const CLI::App& root) {
  std::string path = "callboard";
  const auto* app = &root;
  while (!app->get_subcommands().empty()) {
    app = app->get_subcommands().front();
    path += " " + app->get_name();
  }
  return path;
}

const CLI::App& innermost(const CLI::App& root) {
  const auto* app = &root;
  while (!app->get_subcommands().empty())
    app = app->get_subcommands().front();
  return *app;
}

usage_error unknown_command(const CLI::App& above, const std::string& path,
                            const std::string& typed) {
  auto message = "there is no command '" + typed + "'";
  const CLI::App* best = nullptr;
  for (const auto* each :
       above.get_subcommands([](const CLI::App*) { return true; }))
    if (best == nullptr
        || distance(typed, each->get_name())
               < distance(typed, best->get_name()))
      best = each;
  if (best != nullptr && distance(typed, best->get_name()) <= 2)
    message += "; did you mean '" + best->get_name() + "'?";
  auto stop = message.ends_with('?') ? "" : ".";
  return {message + stop + " See " + path + " --help"};
}

/// CLI11's message as the middle of a sentence of ours.
usage_error explain(const CLI::App& root, const CLI::ParseError& what) {
  auto path = path_of(root);
  const auto& app = innermost(root);
  auto rest = root.remaining(true);
  if (!root.remaining(false).empty() && &app != &root)
    return {"there is no option '" + root.remaining(false).front()
            + "' before the command; options come after it. See " + path
            + " --help"};
  auto commands = app.get_subcommands([](const CLI::App*) { return true; });
  if (!commands.empty() && !rest.empty() && !rest[0].starts_with('-'))
    return unknown_command(app, path, rest[0]);
  if (!commands.empty() && rest.empty()) {
    std::string names;
    for (const auto* each : commands)
      names += (names.empty() ? "" : ", ") + each->get_name();
    return {"which command? One of: " + names + ". See " + path + " --help"};
  }
  std::string message;
  bool left_over = dynamic_cast<const CLI::ExtrasError*>(&what) != nullptr
                   || !commands.empty();
  if (left_over && !rest.empty()) {
    message = (rest[0].starts_with('-') ? "there is no option '"
                                        : "one argument too many: '")
              + rest[0] + "'";
  } else {
    message = what.what();
  }
  auto stop = message.ends_with('.') ? "" : ".";
  return {message + stop + " See " + path + " --help"};
}

/// CLI11 takes the value of "--arg=" from the next argument.
std::vector<std::string> split_empty_values(std::vector<std::string> from) {
  std::vector<std::string> to;
  for (auto& each : from) {
    if (each.size() > 3 && each.starts_with("--") && each.ends_with('=')
        && std::count(each.begin(), each.end(), '=') == 1) {
      each.pop_back();
      to.push_back(std::move(each));
      to.emplace_back();
    } else {
      to.push_back(std::move(each));
    }
  }
  return to;
}

/// CLI11 takes "[a,b]" for two values of a list. An id may look like that, and
/// then the wrong jobs would be changed.
std::optional<usage_error>
find_bracketed_id(const std::vector<std::string>& arguments) {
  if (arguments.empty() || (arguments[0] != "cancel" && arguments[0] != "dead"))
    return std::nullopt;
  for (const auto& each : arguments)
    if (each.starts_with('[') && each.ends_with(']'))
      return usage_error{"'" + each
                         + "': a name in brackets can't be given here"};
  return std::nullopt;
}

} // namespace

std::variant<command, usage_error>
parse_command_line(const std::vector<std::string>& arguments) {
  if (auto wrong = find_bracketed_id(arguments))
    return *wrong;
  command chosen = print_command{};
  CLI::App root{"Durable background jobs on SQLite and PostgreSQL.",
                "callboard"};
  root.formatter(std::make_shared<syntax::help_formatter>());
  root.require_subcommand(1);
  root.set_version_flag("--version", syntax::version_line(),
                        "Print the version and end.");
  root.set_help_flag("-h,--help", "Print this help and end.");
  syntax::add_run(root, chosen);
  syntax::add_perform(root, chosen);
  syntax::add_check(root, chosen);
  syntax::add_migrate(root, chosen);
  syntax::add_enqueue(root, chosen);
  syntax::add_jobs(root, chosen);
  syntax::add_job(root, chosen);
  syntax::add_cancel(root, chosen);
  syntax::add_dead(root, chosen);
  syntax::add_status(root, chosen);
  syntax::add_bench(root, chosen);
  root.footer("Each command has its own --help. Most begin like this:\n"
              "  callboard check -c callboard.json\n"
              "  callboard enqueue -q mail -t welcome --arg '{\"user\":42}'\n"
              "  callboard run --live\n"
              "\n"
              "Exit codes: 0 done, 1 failed, 2 bad usage or config, "
              "3 conflict, 4 database unreachable.");
  // CLI11 takes the arguments from the back.
  auto reversed = split_empty_values(arguments);
  std::reverse(reversed.begin(), reversed.end());
  try {
    root.parse(std::move(reversed));
  } catch (const CLI::CallForVersion& version) {
    return command{print_command{std::string{version.what()} + "\n"}};
  } catch (const CLI::CallForHelp&) {
    return command{print_command{root.help()}};
  } catch (const CLI::ParseError& what) {
    return explain(root, what);
  }
  return chosen;
}

const std::vector<std::string>& command_names() {
  static const std::vector<std::string> names{
      "run",       "perform",    "check",      "migrate", "enqueue",
      "jobs",      "job",        "cancel",     "dead",    "dead list",
      "dead show", "dead retry", "dead purge", "status",  "bench"};
  return names;
}

} // namespace callboard::app
