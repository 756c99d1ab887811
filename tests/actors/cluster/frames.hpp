#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// Frames as CAF writes them, made by hand, so that a test can forge them.
namespace callboard::tests {

inline std::string number(std::uint64_t x, int width) {
  std::string bytes;
  for (int i = width - 1; i >= 0; --i)
    bytes += static_cast<char>(x >> (8 * i) & 0xff);
  return bytes;
}

inline std::string text(std::string_view x) {
  std::string bytes;
  auto size = x.size();
  for (; size >= 0x80; size >>= 7)
    bytes += static_cast<char>((size & 0x7f) | 0x80);
  bytes += static_cast<char>(size);
  return bytes += x;
}

inline std::string node(char which) {
  return std::string{"\x00\x00\x3e\x9a\xab\x9b\xac\x79", 8} + number(4242, 4)
         + std::string(20, which);
}

inline std::string frame(std::uint8_t operation, std::uint8_t flags,
                         std::string_view payload, std::uint64_t data = 0,
                         std::uint64_t source = 0, std::uint64_t dest = 0) {
  return number(operation, 1) + number(0, 2) + number(flags, 1)
         + number(payload.size(), 4) + number(data, 8) + number(source, 8)
         + number(dest, 8) + std::string{payload};
}

inline constexpr std::uint64_t async = 0x1000000000000000;

inline std::string message(std::string_view type, std::string_view values,
                           std::uint64_t source, std::uint64_t dest,
                           std::uint64_t data = async) {
  return frame(2, 0,
               number(0, 1) + number(0, 2) + text("@<>+" + std::string{type})
                   + std::string{values},
               data, source, dest);
}

inline std::string client_handshake(char which, std::uint8_t flags = 0) {
  return frame(1, flags, node(which));
}

inline std::string server_handshake(char which, std::uint64_t actor = 7) {
  return frame(0, 0,
               node(which) + number(1, 1) + text("generic-caf-app")
                   + number(actor, 8) + number(0, 1),
               3);
}

inline std::string heartbeat() {
  return frame(6, 0, "");
}

} // namespace callboard::tests
