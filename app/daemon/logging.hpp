#pragma once

#include "actors/pipeline/log.hpp"
#include "config/settings.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace callboard::app {

/// The daemon's log on standard error. Text, for people:
///
///     2026-11-23T19:00:00.123456Z warning  job failed  id=... queue=mail
///
/// or one JSON object a line with "time", "level", "message" and the fields.
/// Nobody who logs waits for who reads the log: what is too much for a reader
/// is dropped, counted and told of. Thread-safe; never throws.
class log_writer {
public:
  explicit log_writer(const config::log_settings& settings);
  /// Flushes.
  ~log_writer();

  /// From now on.
  void level(log_level least);

  /// Shares ownership; may outlive the writer.
  log_sink sink() const;

  void info(std::string message) const;
  void warning(std::string message) const;
  void error(std::string message) const;

  /// Waits until what was said before is written, at most two seconds.
  void flush() const;

  /// Lines so far that nobody will read.
  std::uint64_t dropped() const;

private:
  struct impl;
  std::shared_ptr<impl> impl_;
};

/// One record in one line, without its end. Values with blanks and the like
/// stand in quotes; quotes and backslashes in them are escaped.
std::string to_text(const log_record& what);

/// The same, with `time` in it.
std::string to_json_line(const log_record& what, const std::string& time);

} // namespace callboard::app
