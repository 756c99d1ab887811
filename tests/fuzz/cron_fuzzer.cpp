// Cron expressions: "EXPRESSION\nZONE\nMOMENT". Whatever parses has a next
// time that lies after the moment and is a fixed point of its own search.

#include "store/schedule/cron.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

std::string_view line(std::string_view& rest) {
  auto end = rest.find('\n');
  auto head = rest.substr(0, end);
  rest = end == std::string_view::npos ? "" : rest.substr(end + 1);
  return head;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  auto rest = std::string_view{reinterpret_cast<const char*>(data), size};
  auto expression = line(rest);
  auto zone = line(rest);
  auto parsed = callboard::cron::parse(expression, zone.empty() ? "UTC" : zone);
  if (!parsed) {
    if (parsed.error().message.empty())
      std::abort();
    return 0;
  }
  // Years 1900 to 2200.
  auto seconds = std::strtoll(std::string{rest}.c_str(), nullptr, 10);
  auto moment = callboard::time_point{
      std::chrono::seconds{seconds % 7'000'000'000 - 2'000'000'000}};
  auto next = parsed->next(moment);
  if (next && *next <= moment)
    std::abort();
  // Nothing lies between: a search from just before finds the same moment.
  if (next && parsed->next(*next - callboard::duration{1}) != next)
    std::abort();
  return 0;
}
