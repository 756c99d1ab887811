#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace callboard::app {

/// Reads lines from a file descriptor with bounded memory, and can tell
/// whether the writer pauses.
class line_reader {
public:
  enum class state {
    /// `line` is the next one.
    line,
    /// Nothing came for the time of `next`.
    pause,
    end,
    /// The line is longer than the limit; reading can't go on.
    too_long,
    /// The descriptor can't be read; errno says why.
    broken,
  };

  line_reader(int descriptor, std::size_t limit)
      : descriptor_{descriptor}, limit_{limit} {}

  /// The next line, without its end. Waits for `patience` before it answers
  /// `pause`; for ever when that is negative.
  state next(std::chrono::milliseconds patience);

  /// Valid until the next call of `next`.
  std::string_view line() const noexcept { return line_; }

  /// The number of the line, from 1.
  std::uint64_t number() const noexcept { return number_; }

private:
  state take(std::size_t length, std::size_t skip);

  int descriptor_;
  std::size_t limit_;
  std::string buffer_;
  /// Where the rest begins that was not handed out.
  std::size_t begin_ = 0;
  /// No line end stands before this.
  std::size_t searched_ = 0;
  bool at_end_ = false;
  std::string_view line_;
  std::uint64_t number_ = 0;
};

} // namespace callboard::app
