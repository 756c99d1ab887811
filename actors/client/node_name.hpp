#pragma once

#include <string>

namespace callboard::actors {

/// What a process is called that was given no name: host name and process id.
std::string default_node_name();

} // namespace callboard::actors
