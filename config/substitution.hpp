#pragma once

#include "config/load.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace callboard::config {

/// A text with its variables put in.
struct expanded_text {
  std::string value;
  /// Whether any variable was put in: then the value may be a secret.
  bool has_variables = false;
  /// What is wrong with its variables; the value is good for nothing when
  /// there is anything.
  std::vector<std::string> faults;
};

/// Puts the variables in; see `parse` for the syntax.
expanded_text expand(std::string_view text, const environment& variables);

} // namespace callboard::config
