#include "app/daemon/words.hpp"

namespace callboard::app {

std::string join(const std::vector<std::string>& parts) {
  std::string text;
  for (const auto& each : parts)
    text += (text.empty() ? "" : ", ") + each;
  return text;
}

std::string many(std::size_t count, const std::string& noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

} // namespace callboard::app
