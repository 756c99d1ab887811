// What an exec program writes into its outcome file: any bytes give an outcome
// that can be settled, or a reason.

#include "app/handlers/outcome_json.hpp"
#include "store/schedule/cron.hpp"

#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <variant>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  auto text = std::string_view{reinterpret_cast<const char*>(data), size};
  auto parsed = callboard::app::parse_outcome(text);
  if (!parsed) {
    if (parsed.error().message.empty())
      std::abort();
    return 0;
  }
  if (const auto* again = std::get_if<callboard::rescheduled>(&*parsed))
    if (const auto* times = std::get_if<callboard::cron_schedule>(&again->next);
        times && !callboard::cron::parse(*times))
      std::abort();
  return 0;
}
