#pragma once

#include <spdlog/common.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace callboard::app {

/// Writes lines of a log on a thread of its own, so that who has something to
/// say never waits for who reads: a pipe that nobody empties must not stop a
/// worker. Beyond `most_waiting` lines the oldest are dropped and counted; once
/// the log is read again, it says how many. Thread-safe.
class log_queue {
public:
  static constexpr std::size_t most_waiting = 4096;

  /// A line that says how many were dropped since the last such line.
  using dropped_line = std::function<std::string(std::uint64_t)>;

  log_queue(spdlog::sink_ptr to, dropped_line say_dropped);

  /// Waits for the last lines as `flush` does. When nobody reads them, the
  /// thread is left to itself with what it holds.
  ~log_queue();

  log_queue(const log_queue&) = delete;
  log_queue& operator=(const log_queue&) = delete;

  /// The least that is wanted; info at first.
  void level(spdlog::level::level_enum least);
  /// Ask it before a line is made.
  bool wants(spdlog::level::level_enum level) const;

  /// Does not block. Throws std::bad_alloc.
  void write(spdlog::level::level_enum level, std::string_view line);

  /// Waits until all lines before this call are written or dropped, at most
  /// `limit`; whether they are.
  bool flush(std::chrono::milliseconds limit = std::chrono::seconds{2});

  /// So far.
  std::uint64_t dropped() const;

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace callboard::app
