#pragma once

#include "actors/client/client.hpp"
#include "config/load.hpp"

#include <string>
#include <variant>
#include <vector>

namespace callboard::app::bench {

/// The database of a run and the settings of the nodes on it.
struct target {
  database_ptr db;
  client_options node;
};

/// What the config file names, or, without one, `url` with default settings.
/// Else every problem.
std::variant<target, std::vector<config::problem>>
find_target(const std::string& config, const std::string& url);

} // namespace callboard::app::bench
