#pragma once

#include "store/model/error.hpp"

#include <chrono>
#include <memory>
#include <string_view>

namespace callboard::store {

/// Seconds since 1970 on the clocks of some zone.
using local_seconds = std::chrono::local_seconds;

/// One zone of the system's time zone database. Thread-safe.
class time_zone {
public:
  /// A stretch of time in which the clocks of the zone do not change.
  struct period {
    std::chrono::sys_seconds begin;
    std::chrono::sys_seconds end;
    /// Local time minus UTC.
    std::chrono::seconds offset;

    local_seconds to_local(std::chrono::sys_seconds moment) const {
      return local_seconds{(moment + offset).time_since_epoch()};
    }

    std::chrono::sys_seconds to_sys(local_seconds time) const {
      return std::chrono::sys_seconds{time.time_since_epoch()} - offset;
    }
  };

  virtual ~time_zone() = default;

  /// Knows "UTC" even where no database is installed. `invalid_schedule` for
  /// an unknown name.
  static result<std::shared_ptr<const time_zone>> find(std::string_view name);

  virtual period at(std::chrono::sys_seconds moment) const = 0;

  /// When the clocks show `time` for the first time; when they skip it, the
  /// first moment after the gap. Grows with `time`.
  virtual std::chrono::sys_seconds first(local_seconds time) const = 0;
};

} // namespace callboard::store
