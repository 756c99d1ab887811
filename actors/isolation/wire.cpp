#include "actors/isolation/wire.hpp"

#include <cstring>

namespace callboard::actors {

wire_writer& wire_writer::number(std::int64_t value) {
  bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
  return *this;
}

wire_writer& wire_writer::text(std::string_view value) {
  number(static_cast<std::int64_t>(value.size()));
  bytes_ += value;
  return *this;
}

std::string_view wire_reader::take(std::size_t count) {
  if (count > rest_.size())
    good_ = false;
  if (!good_)
    return {};
  auto part = rest_.substr(0, count);
  rest_.remove_prefix(count);
  return part;
}

std::int64_t wire_reader::number() {
  std::int64_t value = 0;
  auto part = take(sizeof value);
  if (!part.empty())
    std::memcpy(&value, part.data(), sizeof value);
  return value;
}

std::string wire_reader::text() {
  // A negative length is larger than anything that is left.
  auto size = static_cast<std::size_t>(number());
  return std::string{take(size)};
}

} // namespace callboard::actors
