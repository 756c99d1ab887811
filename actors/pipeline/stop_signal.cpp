#include "actors/pipeline/stop_signal.hpp"

namespace callboard {

const char* to_string(stop_reason why) noexcept {
  switch (why) {
  case stop_reason::none:
    return "";
  case stop_reason::timed_out:
    return "timed out";
  case stop_reason::cancelled:
    return "cancelled";
  case stop_reason::lease_lost:
    return "lease lost";
  case stop_reason::closing:
    break;
  }
  return "closing";
}

} // namespace callboard
