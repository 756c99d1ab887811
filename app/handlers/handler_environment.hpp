#pragma once

#include "store/model/time.hpp"

#include <memory>
#include <string>

namespace callboard::app {

class plugin_shelf;

/// Where a handler is made.
struct handler_environment {
  /// Relative paths count from here: the folder of the config file.
  std::string base_directory;
  std::string queue;
  /// "*": every type that has no handler of its own.
  std::string type;
  /// Libraries that were loaded for other types already. Never null.
  std::shared_ptr<plugin_shelf> plugins;
  /// For dates in answers of HTTP endpoints.
  clock_function now = system_now;
};

/// How messages name a value of the config file: as it is written there if
/// variables were put in, which may be secrets.
inline const std::string& shown_name(const std::string& value,
                                     const std::string& written) {
  return written.empty() ? value : written;
}

} // namespace callboard::app
