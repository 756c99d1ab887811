#pragma once

#include <cstdint>

namespace callboard::actors::guardian {

/// What a process says to its guardian: two starts of one program.
struct message {
  std::int32_t group;
  /// 0: it has ended.
  std::int32_t lives;
};

/// Where the guardian finds its end of the channel.
inline constexpr int served_channel = 3;

} // namespace callboard::actors::guardian
