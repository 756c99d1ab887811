#pragma once

#include "config/settings.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>

namespace callboard::app {

/// The queues and types of a config file: a job of any other would wait, or go
/// to the dead letters, unless another node knows it.
class known_types {
public:
  known_types(const config::settings& settings, std::string file);

  /// Why nobody might perform such a job; nothing when the file names it.
  std::optional<std::string> doubt(const std::string& queue,
                                   const std::string& type) const;

private:
  std::string file_;
  std::map<std::string, std::set<std::string>> queues_;
};

} // namespace callboard::app
