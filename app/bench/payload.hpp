#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace callboard::app::bench {

/// The args of a run: JSON text of one size with the job's number in it, and
/// filled up with letters that don't compress, as real args hardly do.
class payload {
public:
  /// Room for the number.
  static constexpr std::size_t least = 40;

  /// At least `least` bytes.
  explicit payload(std::size_t size);

  std::string arg_of(std::uint64_t number) const;

  /// Nothing when the arg is not one of these.
  static std::optional<std::uint64_t> number_of(std::string_view arg);

private:
  std::size_t size_;
  std::string letters_;
};

} // namespace callboard::app::bench
