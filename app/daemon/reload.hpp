#pragma once

#include "config/settings.hpp"

#include <string>
#include <vector>

namespace callboard::app {

/// The places of the config file whose change only a restart brings about,
/// such as "/database". (Queues are replaced by `upgrade`, and the log level
/// is set.)
std::vector<std::string> needs_restart(const config::settings& running,
                                       const config::settings& wanted);

} // namespace callboard::app
