#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace callboard::app {

/// Keeps the end of what flows by, in bounded memory.
class tail_buffer {
public:
  explicit tail_buffer(std::size_t limit) : limit_{limit} {}

  void take(std::string_view bytes);

  /// At most `limit` bytes from the end, beginning with a whole UTF-8
  /// character, without the white space around it.
  std::string text() const;

private:
  std::size_t limit_;
  std::string kept_;
  bool cut_ = false;
};

} // namespace callboard::app
