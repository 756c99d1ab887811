#pragma once

#include "config/keys.hpp"
#include "config/load.hpp"

#include <map>
#include <string>
#include <vector>

namespace callboard::tests {

/// The variables that tests know: NAME = value.
using variables = std::map<std::string, std::string>;

/// Parses with /base as the folder of the file.
config::load_result parsed(const std::string& text,
                           const variables& known = {});

/// The settings of a text that must be fine.
config::settings settings_of(const std::string& text,
                             const variables& known = {});

/// The problems of a text that must have some, each as "pointer: message".
std::vector<std::string> problems_of(const std::string& text,
                                     const variables& known = {});

/// A kind of object and one place in a config where it stands.
struct place {
  const config::object_info* info;
  /// The pointer of the object.
  std::string pointer;
  /// The config around it.
  std::string before;
  std::string after;
  /// Members that it must have.
  std::map<std::string, std::string> required{};

  /// A config in which the object has this member; fine but for it.
  std::string with(const std::string& key, const std::string& value) const;

  /// A config in which the object has only what it must have, less one.
  std::string without(const std::string& key = {}) const;
};

/// One place for each of `config::all_objects()`.
const std::vector<place>& places();

/// The place of an object, by its name.
const place& place_of(const config::object_info& info);

} // namespace callboard::tests
