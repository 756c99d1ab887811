// The config file: any bytes give settings or at least one problem, and a
// problem has a text.

#include "config/load.hpp"

#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  auto text = std::string_view{reinterpret_cast<const char*>(data), size};
  auto variables = [](const std::string& name) -> std::optional<std::string> {
    if (name == "SET")
      return "value";
    return std::nullopt;
  };
  auto loaded = callboard::config::parse(text, "/nowhere", variables);
  if (auto* problems
      = std::get_if<std::vector<callboard::config::problem>>(&loaded)) {
    if (problems->empty())
      std::abort();
    for (const auto& x : *problems)
      if (x.message.empty() || to_string(x, "file").empty())
        std::abort();
  }
  return 0;
}
