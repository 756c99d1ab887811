#include "config/json_value.hpp"

#include <array>

namespace callboard::config {

std::string_view kind_name(const json_value& value) {
  // In the order of the variant.
  constexpr auto names = std::to_array<std::string_view>(
      {"null", "a boolean", "a number", "a number", "a string", "a list",
       "an object"});
  static_assert(names.size() == std::variant_size_v<decltype(value.data)>);
  return names[value.data.index()];
}

} // namespace callboard::config
