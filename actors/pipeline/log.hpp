#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace callboard {

enum class log_level : std::uint8_t { debug, info, warning, error };

/// One line of a log: a sentence, and facts as name and value.
struct log_record {
  log_level level = log_level::info;
  std::string message;
  std::vector<std::pair<std::string_view, std::string>> fields;
};

/// Takes what Callboard and handlers have to say. Called from many threads at
/// once; must not throw. Empty: nothing is logged.
using log_sink = std::function<void(const log_record&)>;

} // namespace callboard
