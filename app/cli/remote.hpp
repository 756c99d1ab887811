#pragma once

#include "actors/client/remote_client.hpp"
#include "app/cli/command_line.hpp"
#include "app/cli/console.hpp"
#include "app/cli/exit_code.hpp"

#include <memory>
#include <variant>

namespace callboard::app {

/// A connection to the nodes of `--node`, or the exit code after it was told
/// what is wrong with the options. Nobody has answered yet.
std::variant<std::unique_ptr<remote_client>, exit_code>
reach(console& io, const node_options& where);

} // namespace callboard::app
