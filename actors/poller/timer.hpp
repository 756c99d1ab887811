#pragma once

#include "actors/poller/slots.hpp"

#include <cstdint>
#include <optional>

namespace callboard::actors {

/// The earliest of the moments for which a delayed message was sent. CAF can't
/// take one back, so each carries a number, and only the newest one counts.
class timer {
public:
  /// The number for a message to be sent at `when`; nothing when one is under
  /// way that comes as early.
  std::optional<std::uint64_t> arm(moment when) {
    if (armed_ && *armed_ <= when)
      return std::nullopt;
    armed_ = when;
    return ++number_;
  }

  /// Whether the message with this number is the newest; it is spent then.
  bool fires(std::uint64_t number) {
    if (!armed_ || number != number_)
      return false;
    armed_.reset();
    return true;
  }

private:
  std::optional<moment> armed_;
  std::uint64_t number_ = 0;
};

} // namespace callboard::actors
