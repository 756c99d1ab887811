#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace callboard::actors {

/// Writes the fields of a message one after the other. Both ends are the same
/// program on the same machine, so numbers stand as they are in memory.
class wire_writer {
public:
  wire_writer& number(std::int64_t value);
  /// Its length, then its bytes.
  wire_writer& text(std::string_view value);

  std::string take() && { return std::move(bytes_); }

private:
  std::string bytes_;
};

/// Reads them back. After the first field that is not there whole, all others
/// are empty, and `good` says so.
class wire_reader {
public:
  explicit wire_reader(std::string_view bytes) : rest_{bytes} {}

  std::int64_t number();
  std::string text();

  /// A number that must be within these bounds, as an enumerator.
  template <class Enum>
  Enum choice(Enum last) {
    auto value = number();
    if (value < 0 || value > static_cast<std::int64_t>(last))
      good_ = false;
    return good_ ? static_cast<Enum>(value) : Enum{};
  }

  /// Whether every field was there and nothing is left.
  bool complete() const noexcept { return good_ && rest_.empty(); }

private:
  std::string_view take(std::size_t count);

  std::string_view rest_;
  bool good_ = true;
};

} // namespace callboard::actors
