// What the process of an isolated handler sends to its node: any bytes are
// messages that can be said again, or a break after which nothing is trusted;
// in pieces they mean the same; and they cost no more memory than was sent. The
// first byte says how long the pieces are.

#include "actors/isolation/messages.hpp"

#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using callboard::actors::encode;
using callboard::actors::message;
using callboard::actors::message_buffer;

struct understood {
  std::vector<message> messages;
  bool broken = false;

  friend bool operator==(const understood&, const understood&) = default;
};

void must(bool holds) {
  if (!holds)
    std::abort();
}

understood read(std::string_view bytes, std::size_t piece) {
  understood x;
  message_buffer buffer;
  std::size_t fed = 0;
  while (fed < bytes.size()) {
    auto next = bytes.substr(fed, piece);
    buffer.feed(next);
    fed += next.size();
    must(buffer.held() <= fed);
    while (auto made = buffer.next())
      x.messages.push_back(std::move(*made));
  }
  x.broken = buffer.broken();
  return x;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size == 0)
    return 0;
  auto bytes
      = std::string_view{reinterpret_cast<const char*>(data), size}.substr(1);
  auto all = read(bytes, bytes.size());
  must(read(bytes, 1 + data[0]) == all);
  for (const auto& each : all.messages) {
    auto said = encode(each);
    auto again = read(said, said.size());
    must(again.messages == std::vector{each} && !again.broken);
  }
  return 0;
}
