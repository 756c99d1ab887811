#include "app/cli/syntax.hpp"

#include "config/duration.hpp"

#include <cstdlib>
#include <sstream>

namespace callboard::app::syntax {

namespace {

constexpr std::size_t help_width = 80;

/// Breaks each paragraph of `text` between words; lines that begin with a
/// blank stand as they are.
std::string wrap(const std::string& text, std::size_t indent) {
  std::string out;
  std::istringstream paragraphs{text};
  std::string paragraph;
  while (std::getline(paragraphs, paragraph)) {
    std::string margin(indent, ' ');
    if (paragraph.empty() || paragraph.front() == ' ') {
      out += paragraph.empty() ? "\n" : margin + paragraph + "\n";
      continue;
    }
    std::istringstream words{paragraph};
    std::string line = margin;
    std::string word;
    while (words >> word) {
      if (line.size() > indent && line.size() + 1 + word.size() > help_width) {
        out += line + "\n";
        line = margin;
      }
      line += (line.size() > indent ? " " : "") + word;
    }
    out += line + "\n";
  }
  return out;
}

std::string usage(const CLI::App& app, const std::string& path) {
  auto line = "Usage: " + path + " [OPTIONS]";
  for (const auto* option : app.get_options()) {
    if (!option->get_positional())
      continue;
    auto name = option->get_option_text();
    bool many = option->get_items_expected_max() > 1;
    line += option->get_required() ? " " + name + (many ? "..." : "")
                                   : " [" + name + (many ? "..." : "") + "]";
  }
  if (!app.get_subcommands([](const CLI::App*) { return true; }).empty())
    line += " COMMAND ...";
  return line + "\n";
}

std::string name_of(const CLI::Option& option) {
  if (option.get_positional())
    return option.get_option_text();
  auto names = option.get_name(false, true);
  for (auto at = names.find(','); at != std::string::npos;
       at = names.find(',', at + 2))
    names.insert(at + 1, " ");
  auto text = option.get_option_text();
  return text.empty() ? names : names + " " + text;
}

} // namespace

std::string version_line() {
  return "callboard " CALLBOARD_VERSION;
}

void add_common(CLI::App& app, common_options& options,
                const std::string& example) {
  // Not by CLI11, for which a file from the environment was given here, too.
  if (const auto* file = std::getenv("CALLBOARD_CONFIG"); file && *file)
    options.config = file;
  auto* config
      = app.add_option("-c,--config", options.config,
                       "The config file; docs/configuration.md describes it. "
                       "Default: the environment variable CALLBOARD_CONFIG, "
                       "else callboard.json in the current folder.")
            ->option_text("FILE");
  if (auto* node = app.get_option_no_throw("--node"))
    config->excludes(node);
  app.footer("Example:\n" + example
             + "\n\nExit codes: 0 done, 1 failed, 2 bad usage or config, "
               "3 conflict, 4 database unreachable.");
}

void add_node(CLI::App& app, node_options& options) {
  auto* node = app.add_option(
      "--node", options.nodes,
      "Go by way of a node that listens, such as shop-1.example:4910, instead "
      "of the database; may be given several times. The config file is not "
      "read, and can't be given. docs/cluster.md tells more.");
  node->option_text("HOST:PORT")->expected(1)->take_all();
  auto file = [&](const char* name, std::string& to, const char* help) {
    app.add_option(name, to, help)->option_text("FILE")->needs(node);
  };
  file("--tls-certificate", options.tls.certificate,
       "With --node: the certificate of this client, PEM. Needed unless the "
       "node listens without TLS.");
  file("--tls-key", options.tls.key, "With --node: its key, PEM.");
  file("--tls-ca", options.tls.ca,
       "With --node: the authority of the node's certificate, PEM.");
  add_duration(app, "--node-timeout", options.timeout,
               "With --node: how long to wait for an answer, such as 5s. "
               "Default: 30s.")
      ->needs(node);
}

namespace {

template <class Value>
CLI::Option* add_span(CLI::App& app, const std::string& names, Value& value,
                      const std::string& help) {
  auto name = "--" + names.substr(names.rfind("--") + 2);
  return app
      .add_option_function<std::string>(
          names,
          [&value, name](const std::string& text) {
            auto parsed = config::parse_duration(text);
            if (!parsed)
              throw CLI::ValidationError{name, parsed.error().message};
            value = *parsed;
          },
          help)
      ->option_text("TIME");
}

} // namespace

CLI::Option* add_duration(CLI::App& app, const std::string& names,
                          duration& value, const std::string& help) {
  return add_span(app, names, value, help);
}

CLI::Option* add_duration(CLI::App& app, const std::string& names,
                          std::optional<duration>& value,
                          const std::string& help) {
  return add_span(app, names, value, help);
}

CLI::Option* add_optional(CLI::App& app, const std::string& names,
                          std::optional<std::string>& value,
                          const std::string& help) {
  return app.add_option_function<std::string>(
      names, [&value](const std::string& text) { value = text; }, help);
}

std::string help_formatter::make_help(const CLI::App* app, std::string,
                                      CLI::AppFormatMode) const {
  std::string path = app->get_name();
  for (const auto* above = app->get_parent(); above != nullptr;
       above = above->get_parent())
    path = above->get_name() + " " + path;
  std::string out = usage(*app, path) + "\n" + wrap(app->get_description(), 0);
  auto commands = app->get_subcommands([](const CLI::App*) { return true; });
  if (!commands.empty()) {
    out += "\nCommands:\n";
    for (const auto* each : commands) {
      auto text = each->get_description();
      out += "  " + each->get_name();
      out.append(10 - each->get_name().size(), ' ');
      out += text.substr(0, text.find('\n')) + "\n";
    }
  }
  out += "\nOptions:\n";
  for (const auto* option : app->get_options())
    out += "  " + name_of(*option) + "\n" + wrap(option->get_description(), 6);
  if (!app->get_footer().empty())
    out += "\n" + wrap(app->get_footer(), 0);
  return out;
}

} // namespace callboard::app::syntax
