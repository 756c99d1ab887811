#pragma once

#include "config/settings.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace callboard::config {

/// One thing that is wrong: where (a JSON pointer, such as
/// "/queues/0/concurrency"; empty for the whole file), what, and the remedy.
struct problem {
  std::string pointer;
  std::string message;

  friend bool operator==(const problem&, const problem&) = default;
};

/// "FILE: /queues/0/concurrency: must be ...".
std::string to_string(const problem& what, std::string_view file);

/// The settings, or every problem of the file (at least one).
using load_result = std::variant<settings, std::vector<problem>>;

/// Values of environment variables, by name.
using environment
    = std::function<std::optional<std::string>(const std::string&)>;

/// The process's own environment.
environment process_environment();

/// Whose file it is.
enum class purpose {
  /// That of a node; of a performer if it says `node.join`.
  any,
  /// A performer's, also when the nodes are named elsewhere.
  perform,
};

/// Parses the text of a config file. Relative paths count from
/// `base_directory`. `${NAME}` in any string is replaced by the variable;
/// `$${` stands for `${`; an unset variable is a problem, `${NAME:-text}`
/// gives a default.
load_result parse(std::string_view text, const std::string& base_directory,
                  const environment& variables, purpose what = purpose::any);

/// Reads and parses a file; one that can't be read is a problem.
load_result load(const std::string& path,
                 const environment& variables = process_environment(),
                 purpose what = purpose::any);

} // namespace callboard::config
