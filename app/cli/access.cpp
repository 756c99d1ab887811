#include "app/cli/access.hpp"

#include <utility>

namespace callboard::app {

std::variant<config::settings, exit_code>
load_settings(console& io, const std::string& file) {
  auto loaded = load_any_settings(io, file);
  auto* settings = std::get_if<config::settings>(&loaded);
  if (settings && settings->join)
    return complain(io,
                    file
                        + " is the file of a performer (it has node.join), "
                          "which has no database; start it by: callboard "
                          "perform -c "
                        + file,
                    exit_code::usage);
  return loaded;
}

std::variant<config::settings, exit_code>
load_shared_settings(console& io, const std::string& file) {
  auto loaded = load_settings(io, file);
  auto* settings = std::get_if<config::settings>(&loaded);
  if (settings && settings->database_url == "sqlite::memory:")
    return complain(io,
                    "the database of " + file
                        + " is sqlite::memory:, of which each process has one "
                          "of its own, gone when it ends; for more commands "
                          "than run, name a file, such as sqlite:callboard.db",
                    exit_code::usage);
  return loaded;
}

std::variant<config::settings, exit_code>
load_any_settings(console& io, const std::string& file, config::purpose what) {
  auto loaded = config::load(file, config::process_environment(), what);
  if (auto* settings = std::get_if<config::settings>(&loaded))
    return std::move(*settings);
  for (const auto& each : std::get<std::vector<config::problem>>(loaded))
    note(io, to_string(each, file));
  return exit_code::usage;
}

std::variant<connection, exit_code> connect(console& io,
                                            const std::string& file, access how,
                                            std::optional<duration> deadline) {
  auto loaded = load_shared_settings(io, file);
  if (auto* code = std::get_if<exit_code>(&loaded))
    return *code;
  connection made{.settings = std::get<config::settings>(std::move(loaded))};
  auto options = made.settings.database;
  if (how == access::existing) {
    options.must_exist = true;
    options.auto_migrate = false;
  }
  made.db = open(made.settings.database_url, options);
  time_limits most;
  if (deadline)
    most = {*deadline / 2, *deadline / 2,
            std::chrono::steady_clock::now() + *deadline};
  auto store = deadline ? made.db->connect_within(most) : made.db->connect();
  if (!store)
    return complain_about(io, store.error(), file);
  made.store = std::move(*store);
  made.store->give_up_at(most.end);
  return made;
}

exit_code complain_about(console& io, const error& what,
                         const std::string& file) {
  auto code = to_exit_code(what.code);
  const std::string remedy = "run `callboard migrate`";
  if (what.code == errc::schema_outdated && what.message.ends_with(remedy))
    return complain(io,
                    what.message.substr(0, what.message.size() - remedy.size())
                        + "run: callboard migrate -c " + file,
                    code);
  return complain(io, what.message, code);
}

} // namespace callboard::app
