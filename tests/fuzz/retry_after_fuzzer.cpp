// The Retry-After header of a webhook's answer: any bytes give no wait, or one
// within the limit.

#include "app/handlers/retry_after.hpp"

#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace std::chrono;
  auto text = std::string_view{reinterpret_cast<const char*>(data), size};
  auto now = callboard::time_point{sys_days{2026y / November / 23}};
  auto wait = callboard::app::parse_retry_after(text, now);
  if (wait
      && (*wait < callboard::duration{0}
          || *wait > callboard::app::longest_retry_after))
    std::abort();
  return 0;
}
