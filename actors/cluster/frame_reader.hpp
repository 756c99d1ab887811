#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace callboard::actors {

/// Reads the fields of one frame as CAF's binary serializer writes them. What
/// is not there makes it bad for good, and reads as nothing.
class frame_reader {
public:
  explicit frame_reader(std::string_view bytes) : rest_{bytes} {}

  bool good() const noexcept { return good_; }
  bool at_end() const noexcept { return good_ && rest_.empty(); }

  std::string_view bytes(std::uint64_t count) {
    if (count > rest_.size()) {
      good_ = false;
      rest_ = {};
      return {};
    }
    auto part = rest_.substr(0, static_cast<std::size_t>(count));
    rest_.remove_prefix(part.size());
    return part;
  }

  void skip(std::uint64_t count) { bytes(count); }

  /// Big-endian.
  std::uint64_t number(std::size_t width) {
    std::uint64_t x = 0;
    for (unsigned char c : bytes(width))
      x = x << 8 | c;
    return x;
  }

  /// Seven bits a byte, the lowest first.
  std::uint64_t size() {
    std::uint64_t x = 0;
    for (unsigned shift = 0; shift < 35; shift += 7) {
      auto byte = number(1);
      x |= (byte & 0x7f) << shift;
      if ((byte & 0x80) == 0)
        return x;
    }
    good_ = false;
    return 0;
  }

  /// A size and so many bytes.
  std::string_view text() { return bytes(size()); }

private:
  std::string_view rest_;
  bool good_ = true;
};

} // namespace callboard::actors
