#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace callboard::config {

struct json_member;

/// A JSON value as it stands in the text: the members of an object keep their
/// order, and a key that stands twice is there twice.
struct json_value {
  using list = std::vector<json_value>;
  using object = std::vector<json_member>;

  /// An integer that needs more than 63 bits is a double.
  std::variant<std::nullptr_t, bool, std::int64_t, double, std::string, list,
               object>
      data;
  /// Which value of the text it is: 0 the first, 1 the next that begins.
  std::size_t order = 0;

  template <class T>
  const T* as() const {
    return std::get_if<T>(&data);
  }
};

struct json_member {
  std::string key;
  json_value value;
};

/// "a string", "an object", ...
std::string_view kind_name(const json_value& value);

} // namespace callboard::config
