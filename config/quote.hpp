#pragma once

#include <string>
#include <string_view>

namespace callboard::config {

/// A text of the file in single quotes for a message: control characters
/// escaped, the middle of a long one left out.
std::string quoted(std::string_view text);

/// A number of the file as people write it: "0.5", "1e+20".
std::string number_text(double value);

} // namespace callboard::config
