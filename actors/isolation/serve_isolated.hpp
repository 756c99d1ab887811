#pragma once

#include "actors/pipeline/worker_config.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace callboard {

/// Makes what `upgrade` gets, inside the process of an isolated handler.
using worker_source = std::function<std::vector<worker_config>()>;

/// The same for programs whose workers depend on what they were told at run
/// time: it gets `process_isolation::startup`.
using startup_worker_source
    = std::function<std::vector<worker_config>(const std::string& startup)>;

/// For programs with isolated queues: the first statement of `main`, before
/// threads, databases and arguments.
///
///     int main() {
///       if (auto code = callboard::serve_isolated(make_workers))
///         return *code;
///       callboard::client jobs{callboard::open("sqlite:shop.db")};
///       jobs.upgrade(make_workers());
///
/// Isolated handlers run in processes that are new starts of the same program,
/// without arguments. In those, this performs the jobs of one queue with what
/// `make_workers` makes of it there, and answers the exit code when they end.
/// In the service itself it answers nothing at once, and allows `upgrade` to
/// take isolated queues.
[[nodiscard]] std::optional<int> serve_isolated(const worker_source& make);
[[nodiscard]] std::optional<int>
serve_isolated(const startup_worker_source& make);

} // namespace callboard
