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

} // namespace callboard::app
