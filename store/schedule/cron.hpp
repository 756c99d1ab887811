#pragma once

#include "store/model/error.hpp"
#include "store/model/outcome.hpp"
#include "store/model/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace callboard {

/// A parsed cron expression: five fields (minute, hour, day of month, month,
/// day of week), or six with seconds first, or a macro (@yearly, @annually,
/// @monthly, @weekly, @daily, @midnight, @hourly). Fields take `*`, numbers,
/// names (JAN-DEC, SUN-SAT, any case), ranges `a-b`, steps `*/n`, `a/n`,
/// `a-b/n` and lists of these. 0 and 7 are Sunday. As in Vixie cron, when both
/// day fields are restricted, a day matches when either does.
///
/// Daylight saving: times are local times of the zone. A time that the clocks
/// skip in spring runs at the first moment after the gap; a time that comes
/// twice in autumn runs once, at the first of the two. Expressions whose hour
/// and minute fields are both `*` or steps of `*` follow real time through
/// both changes.
class cron {
public:
  /// Parses `text` for `zone` (an IANA name or "UTC"). `invalid_schedule`
  /// names the field, what is wrong and what is allowed.
  [[nodiscard]] static result<cron> parse(std::string_view text,
                                          std::string_view zone = "UTC");

  [[nodiscard]] static result<cron> parse(const cron_schedule& schedule) {
    return parse(schedule.expression, schedule.zone);
  }

  /// The first matching moment strictly after `moment`; nothing when there is
  /// none within the next 40 years (such as February 30).
  [[nodiscard]] std::optional<time_point> next(time_point moment) const;

private:
  cron() = default;

  // One bit per allowed value.
  std::uint64_t seconds_ = 1;
  std::uint64_t minutes_ = 0;
  std::uint64_t hours_ = 0;
  std::uint64_t days_ = 0;
  std::uint64_t months_ = 0;
  std::uint64_t weekdays_ = 0;
  bool any_day_ = true;
  bool any_weekday_ = true;
  bool follows_real_time_ = false;
  std::string zone_ = "UTC";
};

} // namespace callboard
