#pragma once

#include "app/cli/console.hpp"
#include "config/load.hpp"
#include "store/database.hpp"

#include <memory>
#include <optional>
#include <string>
#include <variant>

namespace callboard::app {

/// The settings of a file, or the exit code after each problem was told.
std::variant<config::settings, exit_code>
load_any_settings(console& io, const std::string& file,
                  config::purpose what = config::purpose::any);

/// The same; the file of a performer, which has no database, is a problem.
std::variant<config::settings, exit_code>
load_settings(console& io, const std::string& file);

/// The same; so is a database in memory, in which a command that ends at once
/// would find nothing and leave nothing.
std::variant<config::settings, exit_code>
load_shared_settings(console& io, const std::string& file);

/// How a command wants the database.
enum class access {
  /// As the config file says; creates a database that is not there.
  as_configured,
  /// Neither creates nor changes tables; what is not there is an error.
  existing,
};

/// A connection for one command, and what it came from.
struct connection {
  config::settings settings;
  database_ptr db;
  std::unique_ptr<job_store> store;
};

/// Loads the settings and connects, or tells what is wrong. With a deadline,
/// all that this connection does is over by then, a half of the time being for
/// the connect and a half for each statement.
std::variant<connection, exit_code>
connect(console& io, const std::string& file, access how,
        std::optional<duration> deadline = std::nullopt);

/// Tells an error of the database, with the command that helps.
exit_code complain_about(console& io, const error& what,
                         const std::string& file);

} // namespace callboard::app
