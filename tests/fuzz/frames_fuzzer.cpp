// What a peer sends to the node's port, behind TLS: whatever comes, in whatever
// pieces, what passes is whole frames that keep to the rules.

#include "actors/cluster/frame_guard.hpp"
#include "actors/cluster/frame_sieve.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace callboard::actors;

constexpr std::uint64_t actor = 7;

frame_rules rules(bool dialled) {
  return {.ours
          = dialled ? frame_rules::side::dialled : frame_rules::side::accepted,
          .actor = actor,
          .own_node = std::string{"\x00\x00\x3e\x9a\xab\x9b\xac\x79", 8}
                      + std::string(24, 'A'),
          .types = {"callboard::wire::hello_v1"},
          .payload_limit = 4096,
          .actor_limit = 4};
}

std::uint64_t number(std::string_view bytes) {
  std::uint64_t x = 0;
  for (unsigned char c : bytes)
    x = x << 8 | c;
  return x;
}

void expect(bool good) {
  if (!good)
    std::abort();
}

// What CAF would get.
void check(std::string_view bytes) {
  while (!bytes.empty()) {
    expect(bytes.size() >= 32);
    auto operation = bytes[0];
    auto length = number(bytes.substr(4, 4));
    auto dest = number(bytes.substr(24, 8));
    expect(operation != 3 && operation <= 6);
    expect(length <= 64 * 1024 && bytes.size() >= 32 + length);
    if (operation == 2)
      expect(bytes[3] == 0 && dest == actor
             && bytes.substr(32, length).find("@<>+callboard::wire::hello_v1")
                    != std::string_view::npos);
    bytes.remove_prefix(32 + length);
  }
}

} // namespace

// The first byte: which end, and the size of the pieces.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size == 0)
    return 0;
  std::string_view bytes{reinterpret_cast<const char*>(data) + 1, size - 1};
  frame_guard guard{rules((data[0] & 0x80) != 0)};
  frame_guard::passed through;
  frame_sieve sieve;
  std::string sieved;
  auto piece = std::max<std::size_t>(data[0] & 0x7f, 1);
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    auto part = bytes.substr(at, piece);
    sieve.take(part, sieved);
    auto before = through.bytes.size();
    if (!guard.take(part, through))
      expect(through.bytes.size() >= before);
    expect(guard.held() <= 32 + 64 * 1024 + piece);
  }
  expect(sieved.size() <= bytes.size());
  check(through.bytes);
  return 0;
}
