// Lines of `enqueue --stdin`: any bytes give a job or a reason, and a job that
// `prepare` takes can be stored.

#include "app/cli/job_line.hpp"
#include "store/model/text.hpp"

#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  auto line = std::string_view{reinterpret_cast<const char*>(data), size};
  auto parsed
      = callboard::app::parse_job_line(line, {.queue = "q", .type = "t"});
  if (!parsed) {
    if (parsed.error().message.empty())
      std::abort();
    return 0;
  }
  auto prepared = callboard::prepare({*parsed});
  if (prepared)
    for (const auto& x : *prepared)
      if (!callboard::is_storable_text(x.queue)
          || !callboard::is_storable_text(x.type)
          || !callboard::is_storable_text(x.id)
          || !callboard::is_storable_text(x.request_id))
        std::abort();
  return 0;
}
