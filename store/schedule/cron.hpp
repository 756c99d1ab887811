#pragma once

#include "store/model/error.hpp"
#include "store/model/outcome.hpp"
#include "store/model/time.hpp"

#include <memory>
#include <optional>
#include <string_view>

namespace callboard {

namespace store {
class time_zone;
struct cron_fields;
} // namespace store

/// A parsed cron expression: five fields (minute, hour, day of month, month,
/// day of week), or six with seconds first, or a macro (@yearly, @annually,
/// @monthly, @weekly, @daily, @midnight, @hourly). Fields take `*`, numbers,
/// names (JAN-DEC, SUN-SAT, any case), ranges `a-b`, steps `*/n`, `a/n`,
/// `a-b/n` and lists of these. 0 and 7 are Sunday. A range whose end is smaller
/// goes on from the beginning of the field: FRI-MON is Friday to Monday, 22-2
/// the hours around midnight. As in Vixie cron, when both day fields are
/// restricted (do not begin with `*`), a day matches when either does.
///
/// Daylight saving: times are local times of the zone. A time that the clocks
/// skip in spring runs at the first moment after the gap; a time that comes
/// twice in autumn runs once, at the first of the two. Expressions whose hour
/// field begins with `*` (every hour, every second hour) follow real time
/// through both changes: they run whenever the clocks show a matching time,
/// twice in autumn, and never for a time that was skipped.
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
  /// none within the next 40 years (such as February 30) or the year 9900 is
  /// over. Daylight saving is known as far as the system's database reaches,
  /// often the year 2037. Takes microseconds.
  [[nodiscard]] std::optional<time_point> next(time_point moment) const;

private:
  cron(store::cron_fields fields, std::shared_ptr<const store::time_zone> zone);

  // Shared by copies; never changed.
  std::shared_ptr<const store::cron_fields> fields_;
  std::shared_ptr<const store::time_zone> zone_;
};

} // namespace callboard
