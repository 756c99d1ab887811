#pragma once

#include "store/model/error.hpp"
#include "store/schedule/time_zone.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace callboard::store {

/// What the fields of a cron expression allow, without a time zone. One bit
/// per allowed value.
struct cron_fields {
  std::uint64_t seconds = 1;
  std::uint64_t minutes = 0;
  std::uint64_t hours = 0;
  std::uint64_t days = 0;
  std::uint64_t months = 0;
  std::uint64_t weekdays = 0;
  /// The text of the field begins with `*`.
  bool any_day = true;
  bool any_weekday = true;
  bool any_hour = true;

  /// The text as fields; see `cron` for what is understood.
  static result<cron_fields> parse(std::string_view text);

  /// The first matching local time at or after `time`; nothing when there is
  /// none within the next 40 years.
  std::optional<local_seconds> next(local_seconds time) const;

private:
  // The matching days of a month: bit 1 is its first day.
  std::uint64_t days_of(std::chrono::year_month month) const;
};

} // namespace callboard::store
