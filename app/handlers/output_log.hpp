#pragma once

#include "actors/pipeline/context.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace callboard::app {

/// Writes what a program prints to the log of its job, line by line (debug).
/// Memory and log stay bounded however much it prints: long lines are cut, and
/// after `max_lines` the rest is only counted.
class output_log {
public:
  static constexpr std::size_t max_line = 1024;
  static constexpr std::size_t max_lines = 1000;

  explicit output_log(const context& ctx) : ctx_{ctx} {}

  void take(std::string_view bytes);

  /// Logs what has no end of line yet, and how much was dropped.
  void finish();

private:
  void end_line();

  const context& ctx_;
  std::string line_;
  std::size_t lines_ = 0;
  std::uint64_t dropped_ = 0;
};

} // namespace callboard::app
