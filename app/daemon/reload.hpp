#pragma once

#include "actors/client/client.hpp"
#include "app/daemon/logging.hpp"
#include "config/settings.hpp"

#include <string>
#include <vector>

namespace callboard::app {

/// The places of the config file whose change only a restart brings about,
/// such as "/database". (Queues are replaced by `upgrade`, and the log level
/// is set.)
std::vector<std::string> needs_restart(const config::settings& running,
                                       const config::settings& wanted);

/// Logs what came of taking over the queues of a file again, when the old
/// workers have ended or the grace is over. (That the new ones have begun, the
/// tree says at once, if jobs of the old ones still run.) A program that was
/// closed meanwhile says nothing.
void tell_upgrade(const log_writer& log, const std::string& file,
                  std::size_t queues, const result<drain_report>& done);

} // namespace callboard::app
